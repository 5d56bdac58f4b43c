namespace LlmPlatform.Hosting.Configuration;

/// <summary>Section <c>alerting</c>: who hears of what, and when nobody is to be disturbed.</summary>
public sealed record AlertingConfiguration
{
    /// <summary>
    /// Every rule that matches adds its channels to those that a budget names. What is no budget's goes to every
    /// channel while there is no rule at all. Default none.
    /// </summary>
    public IReadOnlyList<AlertRouteConfiguration> Routes { get; init; } = [];

    /// <summary>When work is planned, and what it may disturb. Default none.</summary>
    public IReadOnlyList<MaintenanceConfiguration> Maintenance { get; init; } = [];
}
