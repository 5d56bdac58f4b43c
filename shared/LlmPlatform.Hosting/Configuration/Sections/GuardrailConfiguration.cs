namespace LlmPlatform.Hosting.Configuration;

/// <summary>Section <c>guardrails</c>: what is looked for in a prompt before it leaves.</summary>
public sealed record GuardrailConfiguration
{
    /// <summary>The longest prompt, in characters, 1 to 100,000,000. Default 400,000.</summary>
    public int MaxPromptChars { get; init; } = 400_000;

    /// <summary>Personal data.</summary>
    public PiiGuardConfiguration Pii { get; init; } = new();

    /// <summary>Attempts to talk the model out of its instructions.</summary>
    public InjectionGuardConfiguration Injection { get; init; } = new();

    /// <summary>Words that must not leave.</summary>
    public ForbiddenWordsConfiguration ForbiddenWords { get; init; } = new();

    /// <summary>An external service that judges content; null: none is asked.</summary>
    public ContentSafetyConfiguration? ContentSafety { get; init; }

    /// <summary>Text added to every system prompt; null: nothing is.</summary>
    public string? SystemPromptAppend { get; init; }
}
