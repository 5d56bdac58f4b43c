namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class GuardrailSection
{
    public static GuardrailConfiguration Read(
        SectionReader guardrails, Func<SectionReader, IReadOnlyList<string>> readWords)
    {
        var defaults = new GuardrailConfiguration();
        return new GuardrailConfiguration
        {
            MaxPromptChars = guardrails.Integer("max_prompt_chars", defaults.MaxPromptChars, 1, 100_000_000),
            Pii = guardrails.Section("pii", ReadPii) ?? defaults.Pii,
            Injection = guardrails.Section("injection", ReadInjection) ?? defaults.Injection,
            ForbiddenWords = guardrails.Section("forbidden_words", words => ReadForbidden(words, readWords))
                ?? defaults.ForbiddenWords,
            ContentSafety = guardrails.Section("content_safety", ReadContentSafety),
            SystemPromptAppend = guardrails.OptionalText("system_prompt_append"),
        };
    }

    private static PiiGuardConfiguration ReadPii(SectionReader pii)
    {
        var action = pii.RequiredChoice<GuardAction>("action");
        var kinds = pii.Choices<PiiKind>("kinds");
        return kinds.Count > 0
            ? new PiiGuardConfiguration { Action = action, Kinds = kinds }
            : new PiiGuardConfiguration { Action = action };
    }

    private static InjectionGuardConfiguration ReadInjection(SectionReader injection) => new()
    {
        Action = injection.RequiredChoice<GuardAction>("action"),
        Patterns = injection.TextList("patterns"),
    };

    private static ForbiddenWordsConfiguration ReadForbidden(
        SectionReader forbidden, Func<SectionReader, IReadOnlyList<string>> readFile) => new()
        {
            Action = forbidden.RequiredChoice<GuardAction>("action"),
            Words = [.. forbidden.TextList("words"), .. readFile(forbidden)],
        };

    private static ContentSafetyConfiguration ReadContentSafety(SectionReader safety)
    {
        safety.Require("url");
        return new ContentSafetyConfiguration
        {
            Url = safety.Url("url"),
            Timeout = safety.Duration(
                "timeout", TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30)),
            OnError = safety.Choice("on_error", GuardFailure.Allow),
        };
    }
}
