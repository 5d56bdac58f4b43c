using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// Reads a chat body into the shape all protocols translate to. What OpenAI alone can do, and what would change the
/// answer if it were left out, is refused by name; members that are unknown, or only label, store or hasten a call, are
/// left out.
/// </summary>
internal static class ChatGenerationReader
{
    private const int MaxChoices = 128;
    private const int MaxTopLogprobs = 20;
    private const long MaxTokens = 10_000_000;

    /// <summary>Reads a body.</summary>
    /// <exception cref="TranslationException">It is not what the protocol says, or only OpenAI can do it.</exception>
    public static GenerationRequest Read(RequestObject body)
    {
        RefuseUntranslatable(body);
        var conversation = ChatMessagesReader.Read(body);
        var (tools, toolChoice) = ChatToolsReader.Read(body);
        return new GenerationRequest
        {
            Instructions = conversation.Instructions,
            Turns = conversation.Turns,
            Tools = tools,
            ToolChoice = toolChoice,
            ParallelToolCalls = ChatToolsReader.AllowsParallelCalls(body),
            Format = ReadFormat(body),
            MaxOutputTokens =
                body.Whole("max_completion_tokens", 1, MaxTokens) ?? body.Whole("max_tokens", 1, MaxTokens),
            Temperature = body.Number("temperature", 0, 2),
            TopP = body.Number("top_p", 0, 1),
            TopK = (int?)body.Whole("top_k", 1, int.MaxValue),
            Stop = body.Texts("stop"),
            Seed = body.Whole("seed", long.MinValue, long.MaxValue),
            PresencePenalty = body.Number("presence_penalty", -2, 2),
            FrequencyPenalty = body.Number("frequency_penalty", -2, 2),
            Choices = (int)(body.Whole("n", 1, MaxChoices) ?? 1),
            Logprobs = body.Flag("logprobs") ?? false,
            TopLogprobs = (int?)body.Whole("top_logprobs", 0, MaxTopLogprobs),
            Reasoning = ReadReasoning(body),
            Verbosity = body.Text("verbosity"),
            User = body.Text("user") ?? body.Text("safety_identifier"),
            ServiceTier = body.Text("service_tier"),
            Metadata = body.Object("metadata")?.Value,
            Stream = body.Flag("stream") ?? false,
        };
    }

    private static void RefuseUntranslatable(RequestObject body)
    {
        const string onlyOpenAi = "is served by OpenAI's own chat API only, and this model is served by another";
        if (body.Texts("modalities").Any(modality => modality != "text"))
        {
            throw body.Fault("modalities", onlyOpenAi);
        }

        if (body.Has("web_search_options"))
        {
            throw body.Fault("web_search_options", onlyOpenAi);
        }

        // Its token numbers are those of one tokenizer.
        if (body.Object("logit_bias") is { } bias && bias.Value.EnumerateObject().Any())
        {
            throw body.Fault("logit_bias", onlyOpenAi);
        }
    }

    private static OutputFormat? ReadFormat(RequestObject body)
    {
        if (body.Object("response_format") is not { } format)
        {
            return null;
        }

        switch (format.RequiredText("type"))
        {
            case "text":
                return null;
            case "json_object":
                return new OutputFormat(Schema: null);
            case "json_schema":
                var described = format.RequiredObject("json_schema");
                return new OutputFormat(described.Object("schema")?.Value)
                {
                    Name = described.Text("name"),
                    Description = described.Text("description"),
                    Strict = described.Flag("strict"),
                };
            default:
                throw format.Fault("type", "must be text, json_object or json_schema");
        }
    }

    // OpenAI's word; or, as callers of other gateways are used to, Anthropic's object or OpenRouter's.
    private static ReasoningRequest? ReadReasoning(RequestObject body) =>
        body.Object("thinking") is { } thinking ? ReadThinking(thinking)
        : body.Object("reasoning") is { } reasoning ? ReadOpenRouterReasoning(reasoning)
        : ReadEffort(body, "reasoning_effort");

    private static ReasoningRequest ReadThinking(RequestObject thinking) => thinking.RequiredText("type") switch
    {
        "enabled" => new ReasoningRequest
        {
            BudgetTokens = thinking.Whole("budget_tokens", 1, MaxTokens),
            ShowThoughts = true,
        },
        "adaptive" => new ReasoningRequest { ShowThoughts = true },
        "disabled" => new ReasoningRequest { IsEnabled = false },
        _ => throw thinking.Fault("type", "must be enabled, adaptive or disabled"),
    };

    private static ReasoningRequest? ReadOpenRouterReasoning(RequestObject reasoning)
    {
        var amount = ReadEffort(reasoning, "effort") ?? new ReasoningRequest
        {
            IsEnabled = reasoning.Flag("enabled") ?? true,
            BudgetTokens = reasoning.Whole("max_tokens", 1, MaxTokens),
        };
        return amount with { ShowThoughts = !(reasoning.Flag("exclude") ?? false) };
    }

    private static ReasoningRequest? ReadEffort(RequestObject holder, string name) => holder.Text(name) switch
    {
        null => null,
        "none" => new ReasoningRequest { IsEnabled = false, Effort = "none" },
        ("minimal" or "low" or "medium" or "high" or "xhigh" or "max") and var effort =>
            new ReasoningRequest { Effort = effort },
        _ => throw holder.Fault(name, "must be none, minimal, low, medium, high, xhigh or max"),
    };
}
