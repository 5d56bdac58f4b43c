namespace LlmPlatform.Hosting.Configuration;

/// <summary>Personal data in prompts.</summary>
public sealed record PiiGuardConfiguration
{
    /// <summary>What happens on a finding. Default off.</summary>
    public GuardAction Action { get; init; } = GuardAction.Off;

    /// <summary>What is looked for. Default everything.</summary>
    public IReadOnlyList<PiiKind> Kinds { get; init; } = [.. Enum.GetValues<PiiKind>()];
}
