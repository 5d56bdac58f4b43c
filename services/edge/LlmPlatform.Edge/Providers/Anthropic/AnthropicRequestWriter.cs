using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// Writes a request for text as a Messages request. What its model's generation does not take is put as near to it as
/// the generation can; what the protocol has no words for is refused. See the README beside it.
/// </summary>
internal static class AnthropicRequestWriter
{
    private const long DefaultMaxTokens = 4096;

    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="target">Whom.</param>
    /// <param name="output">Receives it.</param>
    /// <param name="version">
    /// The version of the protocol, where the body says it and the address names the model; null for Anthropic itself.
    /// </param>
    /// <exception cref="TranslationException">The protocol has no words for it.</exception>
    public static void Write(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output, string? version = null)
    {
        RefuseWhatCannotBeSaid(request);
        var model = ClaudeModel.Of(target.Model);
        if (model.IsClaude)
        {
            BlankStops.Refuse(request);
        }

        var maxTokens = MaxTokensOf(request, target);
        var answerTool = IsFormByTool(request, model) ? AnswerTool.NameIn(request) : null;
        var choice = ChoiceOf(request, model, answerTool);
        var isForced = choice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named };
        var thinking = ThinkingPlan.For(request, model, maxTokens, isForced, PartWriter.IsSaid);

        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString(version is null ? "model" : "anthropic_version", version ?? target.Model);
        json.WriteNumber("max_tokens", maxTokens);
        WriteSystem(json, request.Instructions);
        TurnWriter.Write(json, request.Turns);
        WriteTools(json, request, model, answerTool);
        WriteChoice(json, request, choice, hasTools: request.Tools.Count > 0 || answerTool is not null);
        WriteThinking(json, thinking);
        WriteOutputConfig(json, thinking.Effort, answerTool is null ? request.Format : null);
        WriteSampling(json, SamplingPlan.For(request, model, thinking));
        WriteRest(json, request, takesTier: version is null);
        json.WriteEndObject();
    }

    private static void RefuseWhatCannotBeSaid(GenerationRequest request)
    {
        var (param, thing) =
            request.Choices > 1 ? ("n", "several answers to one request")
            : request.Logprobs ? ("logprobs", "probabilities of tokens")
            : request.PresencePenalty is not (null or 0) ? ("presence_penalty", "a presence penalty")
            : request.FrequencyPenalty is not (null or 0) ? ("frequency_penalty", "a frequency penalty")
            : (null, "");
        if (param is not null)
        {
            throw new TranslationException($"The provider of this model knows no '{param}': {thing}.", param);
        }
    }

    // The protocol wants a bound. Where nobody gave one, the model's own is the nearest to none.
    private static long MaxTokensOf(GenerationRequest request, UpstreamTarget target)
    {
        long? most = target.Candidate.Model.MaxOutputTokens;
        var asked = request.MaxOutputTokens ?? target.OutputBound ?? most ?? DefaultMaxTokens;
        return most is { } limit ? Math.Min(asked, limit) : asked;
    }

    // A schema that need not be followed exactly may say what a grammar cannot: it is a tool's, where a tool can be
    // asked for.
    private static bool IsFormByTool(GenerationRequest request, ClaudeModel model) =>
        request.Format is { } format
        && (format.Schema is null || !model.TakesSchema || (format.Strict != true && model.TakesForcedTool));

    private static ToolChoice? ChoiceOf(GenerationRequest request, ClaudeModel model, string? answerTool)
    {
        if (answerTool is null)
        {
            return request.ToolChoice;
        }

        var callsOthers = request.Tools.Count > 0 && request.ToolChoice?.Kind != ToolChoiceKind.None;
        return !model.TakesForcedTool ? ToolChoice.Auto
            : request.ToolChoice is { Kind: ToolChoiceKind.Named } named ? named
            : callsOthers ? ToolChoice.Required
            : new ToolChoice(ToolChoiceKind.Named, answerTool);
    }

    private static void WriteSystem(Utf8JsonWriter json, IReadOnlyList<ContentPart> instructions)
    {
        var texts = instructions.Select(part => part as ContentPart.Text ?? throw new TranslationException(
            "The provider of this model takes nothing but text in its instructions."));
        var said = texts.Where(text => !string.IsNullOrWhiteSpace(text.Value)).ToList();
        if (said.Count == 0)
        {
            return;
        }

        json.WriteStartArray("system");
        foreach (var text in said)
        {
            PartWriter.Write(json, text);
        }

        json.WriteEndArray();
    }

    private static void WriteTools(
        Utf8JsonWriter json, GenerationRequest request, ClaudeModel model, string? answerTool)
    {
        if (request.Tools.Count == 0 && answerTool is null)
        {
            return;
        }

        json.WriteStartArray("tools");
        foreach (var tool in request.Tools)
        {
            WriteTool(json, tool, isStrict: tool.Strict == true && model.TakesSchema);
        }

        if (answerTool is not null)
        {
            AnswerTool.Write(json, answerTool, request.Format!);
        }

        json.WriteEndArray();
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool, bool isStrict)
    {
        json.WriteStartObject();
        json.WriteString("name", tool.Name);
        if (tool.Description is { Length: > 0 } description)
        {
            json.WriteString("description", description);
        }

        json.WritePropertyName("input_schema");
        if (isStrict && tool.Parameters is { ValueKind: JsonValueKind.Object } schema)
        {
            StrictSchema.Write(json, schema);
            json.WriteBoolean("strict", true);
        }
        else
        {
            InputSchema.Write(json, tool.Parameters);
        }

        PartWriter.WriteCacheMark(json, tool.Cache);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, GenerationRequest request, ToolChoice? choice, bool hasTools)
    {
        if (!hasTools || (choice is null && request.ParallelToolCalls is null))
        {
            return;
        }

        var kind = choice?.Kind ?? ToolChoiceKind.Auto;
        json.WriteStartObject("tool_choice");
        json.WriteString("type", kind switch
        {
            ToolChoiceKind.None => "none",
            ToolChoiceKind.Required => "any",
            ToolChoiceKind.Named => "tool",
            _ => "auto",
        });
        if (kind == ToolChoiceKind.Named)
        {
            json.WriteString("name", choice!.Name);
        }

        if (kind != ToolChoiceKind.None && request.ParallelToolCalls is { } isParallel)
        {
            json.WriteBoolean("disable_parallel_tool_use", !isParallel);
        }

        json.WriteEndObject();
    }

    private static void WriteThinking(Utf8JsonWriter json, ThinkingPlan plan)
    {
        if (plan.Type is null)
        {
            return;
        }

        json.WriteStartObject("thinking");
        json.WriteString("type", plan.Type);
        if (plan.BudgetTokens is { } budget)
        {
            json.WriteNumber("budget_tokens", budget);
        }

        if (plan.Display is { } display)
        {
            json.WriteString("display", display);
        }

        json.WriteEndObject();
    }

    private static void WriteOutputConfig(Utf8JsonWriter json, string? effort, OutputFormat? format)
    {
        if (effort is null && format is null)
        {
            return;
        }

        json.WriteStartObject("output_config");
        if (effort is not null)
        {
            json.WriteString("effort", effort);
        }

        if (format?.Schema is { } schema)
        {
            json.WriteStartObject("format");
            json.WriteString("type", "json_schema");
            json.WritePropertyName("schema");
            StrictSchema.Write(json, schema);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter json, SamplingPlan plan)
    {
        if (plan.Temperature is { } temperature)
        {
            json.WriteNumber("temperature", temperature);
        }

        if (plan.TopP is { } topP)
        {
            json.WriteNumber("top_p", topP);
        }

        if (plan.TopK is { } topK)
        {
            json.WriteNumber("top_k", topK);
        }
    }

    // Who resells the model has tiers of his own.
    private static void WriteRest(Utf8JsonWriter json, GenerationRequest request, bool takesTier)
    {
        if (request.Stop.Count > 0)
        {
            json.WriteStartArray("stop_sequences");
            foreach (var stop in request.Stop)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        if (request.User is { Length: > 0 } user)
        {
            json.WriteStartObject("metadata");
            json.WriteString("user_id", user);
            json.WriteEndObject();
        }

        if (takesTier && request.ServiceTier is ("auto" or "standard_only" or "default"))
        {
            json.WriteString("service_tier", request.ServiceTier == "auto" ? "auto" : "standard_only");
        }

        if (request.Stream)
        {
            json.WriteBoolean("stream", true);
        }
    }
}
