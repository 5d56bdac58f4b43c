namespace LlmPlatform.Quota;

/// <summary>What a request asks to be admitted with.</summary>
public readonly record struct AdmissionRequest
{
    /// <summary>The gateway's request id; asking again with the same id gives the same admission.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The virtual key's id, looked up among the revoked.</summary>
    public required string KeyId { get; init; }

    /// <summary>What to hold in every budget, nano-USD, from 0: the dearest the request may become.</summary>
    public required long EstimateNanoUsd { get; init; }

    /// <summary>What to count against token limits, from 0.</summary>
    public long EstimatedTokens { get; init; }

    /// <summary>From <see cref="LimitsIndex.Matching"/>; may be disposed once the decision is there.</summary>
    public required ApplicableLimits Limits { get; init; }
}
