namespace LlmPlatform.Contracts.Requests;

/// <summary>One candidate a request was sent to.</summary>
public sealed record AttemptSummary
{
    /// <summary>From 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The provider's configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's model name.</summary>
    public required string ProviderModel { get; init; }

    /// <summary>How it ended, for example <c>completed</c>, <c>connect_failed</c>, <c>http_503</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The provider's HTTP status, when it answered.</summary>
    public int? Status { get; init; }

    /// <summary>How long the attempt took.</summary>
    public required TimeSpan Duration { get; init; }
}
