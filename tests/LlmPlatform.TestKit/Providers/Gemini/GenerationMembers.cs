using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>What Gemini demands of everything but the conversation and the tools.</summary>
internal static class GenerationMembers
{
    private const int StopsMost = 5;

    private static readonly HashSet<string> _known =
    [
        "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings", "cachedContent",
        "labels", "model",
    ];

    private static readonly HashSet<string> _config =
    [
        "stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema", "responseModalities",
        "candidateCount", "maxOutputTokens", "temperature", "topP", "topK", "seed", "presencePenalty",
        "frequencyPenalty", "responseLogprobs", "logprobs", "speechConfig", "thinkingConfig", "imageConfig",
        "mediaResolution",
    ];

    private static readonly HashSet<string> _thinking = ["includeThoughts", "thinkingBudget", "thinkingLevel"];
    private static readonly HashSet<string> _instruction = ["role", "parts"];
    private static readonly HashSet<string> _safety = ["category", "threshold", "method"];

    public static void Check(JsonElement body)
    {
        GeminiFaults.OnlyKnown(body, _known, "");
        if (body.Member("systemInstruction") is { } instruction)
        {
            GeminiFaults.OnlyKnown(instruction, _instruction, "system_instruction");
            var parts = instruction.Items("parts");
            if (parts.Count == 0 || parts.Any(part => part.Text("text") is null))
                throw GeminiFaults.AtField("system_instruction.parts", "must have text.");
        }

        foreach (var setting in body.Items("safetySettings"))
            GeminiFaults.OnlyKnown(setting, _safety, "safety_settings[0]");
        if (body.Member("generationConfig") is { } config)
            CheckConfig(config);
    }

    private static void CheckConfig(JsonElement config)
    {
        const string path = "generation_config";
        GeminiFaults.OnlyKnown(config, _config, path);
        GeminiFaults.Range(config, path, "temperature", 0, 2);
        GeminiFaults.Range(config, path, "topP", 0, 1);
        GeminiFaults.Range(config, path, "topK", 1, int.MaxValue);
        GeminiFaults.Range(config, path, "maxOutputTokens", 1, int.MaxValue);
        GeminiFaults.Range(config, path, "candidateCount", 1, 8);
        GeminiFaults.Range(config, path, "seed", int.MinValue, int.MaxValue);
        GeminiFaults.Range(config, path, "logprobs", 0, 20);
        if (config.Items("stopSequences").Count > StopsMost)
            throw GeminiFaults.AtField($"{path}.stop_sequences", "too many stop sequences.");
        if (config.Member("logprobs") is not null && !config.IsTrue("responseLogprobs"))
            throw GeminiFaults.AtField($"{path}.logprobs", "only with response_logprobs.");
        CheckThinking(config);
        var schema = config.Member("responseSchema");
        if ((schema ?? config.Member("responseJsonSchema")) is not null
            && config.Text("responseMimeType") != "application/json")
        {
            throw GeminiFaults.AtField(
                $"{path}.response_schema", "only allowed with response_mime_type application/json.");
        }

        if (schema is { } given)
            GeminiSchema.Check(given, $"{path}.response_schema");
    }

    private static void CheckThinking(JsonElement config)
    {
        if (config.Member("thinkingConfig") is not { } thinking)
            return;
        GeminiFaults.OnlyKnown(thinking, _thinking, "generation_config.thinking_config");
        if (thinking.Member("thinkingBudget") is not null && thinking.Member("thinkingLevel") is not null)
            throw GeminiFaults.Invalid("You can only set only one of thinking budget and thinking level.");
        if (thinking.Text("thinkingLevel") is { } level
            && level.ToUpperInvariant() is not ("MINIMAL" or "LOW" or "MEDIUM" or "HIGH"))
        {
            throw GeminiFaults.Invalid(
                $"Invalid value at 'generation_config.thinking_config.thinking_level', \"{level}\"");
        }
    }
}
