namespace LlmPlatform.Hosting.Configuration;

/// <summary>Prompt injection.</summary>
public sealed record InjectionGuardConfiguration
{
    /// <summary>What happens on a finding: off, flag or block. Default off.</summary>
    public GuardAction Action { get; init; } = GuardAction.Off;

    /// <summary>Phrases that give it away, compared without regard to case.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];
}
