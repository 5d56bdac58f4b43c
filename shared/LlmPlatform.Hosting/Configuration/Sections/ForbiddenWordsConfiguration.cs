namespace LlmPlatform.Hosting.Configuration;

/// <summary>Words that must not leave.</summary>
public sealed record ForbiddenWordsConfiguration
{
    /// <summary>What happens on a finding: off, flag, redact or block. Default off.</summary>
    public GuardAction Action { get; init; } = GuardAction.Off;

    /// <summary>
    /// The words: those of <c>words</c>, then those of <c>file</c>, one a line, without empty lines and <c>#</c>
    /// comments.
    /// </summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}
