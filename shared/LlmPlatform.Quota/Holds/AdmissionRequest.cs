namespace LlmPlatform.Quota;

/// <summary>What a request asks to be admitted with.</summary>
public readonly record struct AdmissionRequest
{
    /// <summary>The gateway's request id; asking again with the same id gives the same admission.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>
    /// The id of the secret the caller showed, looked up among the withdrawn; null: it showed none that can be.
    /// </summary>
    public string? SecretId { get; init; }

    /// <summary>The version of the keys by which the caller was found to be known.</summary>
    public long KeysVersion { get; init; }

    /// <summary>What to hold in every budget, nano-USD, from 0: the dearest the request may become.</summary>
    public required long EstimateNanoUsd { get; init; }

    /// <summary>
    /// The least of the estimate that is worth admitting the request with, from 0; null: all of it. Where a budget has
    /// less room than the estimate and no less than this, what is left is held: the request must then not cost more.
    /// </summary>
    public long? LeastNanoUsd { get; init; }

    /// <summary>
    /// What to count against token limits and to hold in budgets of tokens, from 0; what the request has consumed takes
    /// its place at the end.
    /// </summary>
    public long EstimatedTokens { get; init; }

    /// <summary>As <see cref="LeastNanoUsd"/>, for budgets of tokens.</summary>
    public long? LeastTokens { get; init; }

    /// <summary>From <see cref="LimitsIndex.Matching"/>; may be disposed once the decision is there.</summary>
    public required ApplicableLimits Limits { get; init; }
}
