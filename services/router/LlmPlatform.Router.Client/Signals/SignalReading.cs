namespace LlmPlatform.Router.Client;

/// <summary>What one edge knows of the deployments at a moment: enough to plan elsewhere as it would.</summary>
public sealed record SignalReading
{
    /// <summary>The snapshot it plans from.</summary>
    public required long SnapshotVersion { get; init; }

    /// <summary>Every published deployment.</summary>
    public required IReadOnlyList<DeploymentReading> Deployments { get; init; }

    /// <summary>Whose turn it is where turns are taken.</summary>
    public required IReadOnlyList<TurnReading> Turns { get; init; }
}
