namespace LlmPlatform.Hosting.Configuration;

/// <summary>How a provider is probed.</summary>
public sealed record ProviderHealthConfiguration
{
    /// <summary>Whether it is probed at all. Default true, but false for the simulated kind.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What is fetched, below the base address. Default <c>/models</c>.</summary>
    public string Path { get; init; } = "/models";

    /// <summary>
    /// The statuses of a good probe, such as <c>200-299,401</c>. Null: all under 500, since somebody answers.
    /// </summary>
    public string? Statuses { get; init; }

    /// <summary>Time from one probe to the next, 100 ms to 1 h. Default 10 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a probe may take, 10 ms to 1 min. Default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Good probes in a row that bring it back, 1 to 100. Default 2.</summary>
    public int HealthyAfter { get; init; } = 2;

    /// <summary>Bad probes in a row that take it out, 1 to 100. Default 3.</summary>
    public int UnhealthyAfter { get; init; } = 3;
}
