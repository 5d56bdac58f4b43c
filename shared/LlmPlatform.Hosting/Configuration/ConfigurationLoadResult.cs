using System.Diagnostics.CodeAnalysis;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>What came of reading the file: a configuration, or everything that is wrong with it.</summary>
/// <param name="Configuration">The configuration; null when there is a fault.</param>
/// <param name="Faults">Every fault, by line; empty when the configuration is good.</param>
/// <param name="Notices">What an operator should know; may be given with or without faults.</param>
public sealed record ConfigurationLoadResult(
    PlatformConfiguration? Configuration,
    IReadOnlyList<ConfigurationFault> Faults,
    IReadOnlyList<ConfigurationNotice> Notices)
{
    /// <summary>Whether there is a configuration to run on.</summary>
    [MemberNotNullWhen(true, nameof(Configuration))]
    public bool IsValid => Configuration is not null;

    /// <summary>The files that were asked for: a change of any of them may change the outcome.</summary>
    internal ConfigurationSources Sources { get; init; } = new([], string.Empty);
}
