using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>Each guard does only what makes sense for what it finds, and has something to look for.</summary>
internal static class GuardrailValidator
{
    private const string Root = "guardrails";

    /// <summary>A prompt cannot be cleansed of an attempt to subvert it, nor is it safer elsewhere.</summary>
    private static readonly GuardAction[] ForInjection = [GuardAction.Off, GuardAction.Flag, GuardAction.Block];

    private static readonly GuardAction[] ForWords =
        [GuardAction.Off, GuardAction.Flag, GuardAction.Redact, GuardAction.Block];

    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var guards = configuration.Guardrails;
        Allow($"{Root}.injection.action", guards.Injection.Action, ForInjection, reading);
        Allow($"{Root}.forbidden_words.action", guards.ForbiddenWords.Action, ForWords, reading);

        if (guards.Injection.Action != GuardAction.Off && guards.Injection.Patterns.Count == 0)
            reading.Fault(
                $"{Root}.injection.patterns", "is missing or empty; name phrases to look for, or set action: off.");
        if (guards.ForbiddenWords.Action != GuardAction.Off && guards.ForbiddenWords.Words.Count == 0)
            reading.Fault($"{Root}.forbidden_words", "has no words; give words or a file of them, or set action: off.");
        if (guards.Pii.Action == GuardAction.RouteLocal && !configuration.Providers.Any(provider => provider.Local))
            reading.Fault($"{Root}.pii.action", "no provider is marked local: true, so these calls could go nowhere.");
    }

    private static void Allow(string path, GuardAction action, GuardAction[] allowed, FileReading reading)
    {
        if (allowed.Contains(action))
            return;
        var possible = string.Join(", ", allowed.Select(EnumText.Of));
        reading.Fault(path, $"\"{EnumText.Of(action)}\" is not possible here; use {possible}.");
    }
}
