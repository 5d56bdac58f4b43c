namespace LlmPlatform.Hosting.Configuration;

/// <summary>An external service that judges content.</summary>
public sealed record ContentSafetyConfiguration
{
    /// <summary>Its absolute http or https address; null only where the file has a fault.</summary>
    public required Uri? Url { get; init; }

    /// <summary>How long it may take, 10 ms to 30 s. Default 500 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What happens when it cannot be asked. Default allow.</summary>
    public GuardFailure OnError { get; init; } = GuardFailure.Allow;
}
