using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>
/// Writes how an answer is to be made: <c>generationConfig</c>. What the caller did not say is not said.
/// </summary>
internal static class GeminiConfig
{
    /// <inheritdoc cref="GeminiRequest.Write" />
    public static void Write(Utf8JsonWriter writer, GenerationRequest request, GeminiModel model, long? outputBound)
    {
        if (request.Verbosity is { } verbosity && verbosity != "medium")
        {
            throw new TranslationException(
                "Gemini knows no verbosity: say in the instructions how long the answer should be.", "verbosity");
        }

        writer.WriteStartObject("generationConfig"u8);
        WriteSampling(writer, request);
        if ((request.MaxOutputTokens ?? outputBound) is { } bound)
        {
            writer.WriteNumber("maxOutputTokens"u8, bound);
        }

        if (request.Choices > 1)
        {
            writer.WriteNumber("candidateCount"u8, request.Choices);
        }

        if (request.Logprobs)
        {
            writer.WriteBoolean("responseLogprobs"u8, true);
            WriteNumber(writer, "logprobs", request.TopLogprobs);
        }

        WriteFormat(writer, request.Format);
        WriteThinking(writer, request.Reasoning, model);
        writer.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter writer, GenerationRequest request)
    {
        WriteNumber(writer, "temperature", request.Temperature);
        WriteNumber(writer, "topP", request.TopP);
        WriteNumber(writer, "topK", request.TopK);
        WriteNumber(writer, "presencePenalty", request.PresencePenalty);
        WriteNumber(writer, "frequencyPenalty", request.FrequencyPenalty);
        if (request.Seed is { } seed)
        {
            // Gemini's has 32 bits. Any number serves as long as the same seed gives the same one.
            writer.WriteNumber("seed"u8, unchecked((int)(seed ^ (seed >> 32))));
        }

        if (request.Stop.Count > 0)
        {
            writer.WriteStartArray("stopSequences"u8);
            foreach (var stop in request.Stop)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }
    }

    private static void WriteFormat(Utf8JsonWriter writer, OutputFormat? format)
    {
        if (format is null)
        {
            return;
        }

        writer.WriteString("responseMimeType"u8, "application/json"u8);
        if (format.Schema is { } schema)
        {
            writer.WritePropertyName("responseJsonSchema"u8);
            GeminiSchema.Prepare(schema, "The schema of the answer").WriteTo(writer);
        }
    }

    private static void WriteThinking(Utf8JsonWriter writer, ReasoningRequest? reasoning, GeminiModel model)
    {
        if (reasoning is null)
        {
            return;
        }

        var level = model.IsThirdGeneration ? LevelOf(reasoning, model) : null;
        var budget = model.IsThirdGeneration ? null : BudgetOf(reasoning, model);
        if (level is null && budget is null && reasoning.ShowThoughts != true)
        {
            return;
        }

        writer.WriteStartObject("thinkingConfig"u8);
        if (level is not null)
        {
            writer.WriteString("thinkingLevel"u8, level);
        }

        WriteNumber(writer, "thinkingBudget", budget);
        if (reasoning.ShowThoughts == true)
        {
            writer.WriteBoolean("includeThoughts"u8, true);
        }

        writer.WriteEndObject();
    }

    private static string? LevelOf(ReasoningRequest reasoning, GeminiModel model)
    {
        var effort = reasoning.IsEnabled
            ? reasoning.Effort ?? (reasoning.BudgetTokens is { } tokens ? ReasoningRequest.EffortOf(tokens) : null)
            : "none";
        return effort switch
        {
            null => null,
            "none" or "minimal" => model.LeastThinkingLevel,
            "low" or "medium" => effort,
            _ => "high",
        };
    }

    // A budget is the most to think, so that a model's own most is within it.
    private static long? BudgetOf(ReasoningRequest reasoning, GeminiModel model)
    {
        if (!reasoning.IsEnabled || reasoning.Effort == "none")
        {
            return 0;
        }

        var budget = reasoning.BudgetTokens
            ?? (reasoning.Effort is { } effort ? ReasoningRequest.BudgetOf(effort) : (long?)null);
        return budget is { } tokens ? Math.Min(tokens, model.MaxThinkingBudget) : null;
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, decimal? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}
