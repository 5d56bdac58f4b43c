using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Completions;

/// <summary>
/// Reads the body of a text completion into the shape all protocols translate to: its prompt is what a user says. What
/// only a model that continues text can do is refused by name.
/// </summary>
internal static class CompletionsGenerationReader
{
    private const int MaxChoices = 128;
    private const int MaxTopLogprobs = 5;
    private const long MaxTokens = 10_000_000;

    /// <summary>Reads a body.</summary>
    /// <exception cref="TranslationException">
    /// It is not what the protocol says, or only a model that continues text can do it.
    /// </exception>
    public static GenerationRequest Read(RequestObject body)
    {
        var choices = (int)(body.Whole("n", 1, MaxChoices) ?? 1);
        RefuseUntranslatable(body, choices);
        var logprobs = body.Whole("logprobs", 0, MaxTopLogprobs);
        return new GenerationRequest
        {
            Turns = [new Turn(TurnRole.User, [new ContentPart.Text(ReadPrompt(body))])],
            MaxOutputTokens = body.Whole("max_tokens", 1, MaxTokens) ?? CompletionsRequest.DefaultOutputTokens,
            Temperature = body.Number("temperature", 0, 2),
            TopP = body.Number("top_p", 0, 1),
            TopK = (int?)body.Whole("top_k", 1, int.MaxValue),
            Stop = body.Texts("stop"),
            Seed = body.Whole("seed", long.MinValue, long.MaxValue),
            PresencePenalty = body.Number("presence_penalty", -2, 2),
            FrequencyPenalty = body.Number("frequency_penalty", -2, 2),
            Choices = choices,
            Logprobs = logprobs is not null,
            TopLogprobs = (int?)logprobs,
            User = body.Text("user"),
            Stream = body.Flag("stream") ?? false,
        };
    }

    private static string ReadPrompt(RequestObject body)
    {
        var prompt = body.Member("prompt") ?? throw body.Missing("prompt");
        if (prompt.ValueKind == JsonValueKind.Array
            && prompt.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Number or JsonValueKind.Array))
        {
            throw body.Fault("prompt", "must be a text: tokens mean nothing to the model that serves this call");
        }

        var texts = body.Texts("prompt");
        return texts.Count == 1
            ? texts[0]
            : throw body.Fault("prompt", "must be one text: the model that serves this call takes one at a time");
    }

    private static void RefuseUntranslatable(RequestObject body, int choices)
    {
        const string onlyTexts = "is served by models that continue text, and this one answers it";
        if (body.Text("suffix") is { Length: > 0 })
        {
            throw body.Fault("suffix", onlyTexts);
        }

        if (body.Flag("echo") ?? false)
        {
            throw body.Fault("echo", onlyTexts);
        }

        if (body.Whole("best_of", 1, MaxChoices) > choices)
        {
            throw body.Fault("best_of", onlyTexts);
        }

        if (body.Object("logit_bias") is { } bias && bias.Value.EnumerateObject().Any())
        {
            throw body.Fault("logit_bias", onlyTexts);
        }
    }
}
