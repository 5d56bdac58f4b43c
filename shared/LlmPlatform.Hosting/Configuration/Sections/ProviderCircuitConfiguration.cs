namespace LlmPlatform.Hosting.Configuration;

/// <summary>When a failing provider is left alone for a while.</summary>
public sealed record ProviderCircuitConfiguration
{
    /// <summary>Failures in a row that open the circuit, 1 to 1000. Default 5.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>How long it stays open before one call may try again, 100 ms to 1 h. Default 60 s.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromSeconds(60);
}
