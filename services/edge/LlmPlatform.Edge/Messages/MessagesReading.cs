using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// Reads a Messages request into the shape all protocols share. What only Anthropic can do (its own tools, its
/// containers, its regions) is refused by name; what changes no answer (how its context is trimmed, how fast it is
/// served) is passed over.
/// </summary>
internal static class MessagesReading
{
    private const long MaxTokenCount = 10_000_000;

    /// <summary>Reads a body.</summary>
    /// <param name="body">Stays as it is as long as the request is used.</param>
    /// <exception cref="TranslationException">It breaks the protocol, or only Anthropic can do it.</exception>
    public static GenerationRequest Read(ReadOnlyMemory<byte> body) => Read(RequestObject.Parse(body));

    private static GenerationRequest Read(RequestObject body)
    {
        RefuseWhatOnlyAnthropicCan(body);
        var instructions = ReadSystem(body);
        var turns = new List<Turn>();
        foreach (var message in body.Objects("messages"))
        {
            ReadMessage(message, instructions, turns);
        }

        MarkEnd(turns, BlockReading.CacheOf(body));
        var (choice, isParallel) = ToolReading.ReadChoice(body);
        return new GenerationRequest
        {
            Instructions = instructions,
            Turns = turns,
            Tools = ToolReading.Read(body),
            ToolChoice = choice,
            ParallelToolCalls = isParallel,
            Format = ReadFormat(body),
            MaxOutputTokens = body.Whole("max_tokens", 0, MaxTokenCount),
            Temperature = body.Number("temperature", 0, 2),
            TopP = body.Number("top_p", 0, 1),
            TopK = (int?)body.Whole("top_k", 0, int.MaxValue),
            Stop = body.Texts("stop_sequences"),
            Reasoning = ReadReasoning(body),
            User = body.Object("metadata")?.Text("user_id"),
            ServiceTier = body.Text("service_tier"),
            Stream = body.Flag("stream") ?? false,
        };
    }

    private static void RefuseWhatOnlyAnthropicCan(RequestObject body)
    {
        if (body.Objects("mcp_servers").Count > 0)
        {
            throw body.Fault("mcp_servers", "are called by Anthropic alone, and this model is served by another");
        }

        if (body.Has("container"))
        {
            throw body.Fault("container", "is kept by Anthropic alone, and this model is served by another");
        }

        if (body.Text("inference_geo") is not (null or "global"))
        {
            throw body.Fault("inference_geo", "is kept to by Anthropic alone, and this model is served by another");
        }
    }

    private static List<ContentPart> ReadSystem(RequestObject body)
    {
        var parts = new List<ContentPart>();
        BlockReading.ReadContent(body, "system", parts);
        return parts.TrueForAll(part => part is ContentPart.Text)
            ? parts
            : throw body.Fault("system", "must be a text or an array of text blocks");
    }

    // Results of tools are a turn of their own; what else the caller said follows, or comes before, as it stands.
    private static void ReadMessage(RequestObject message, List<ContentPart> instructions, List<Turn> turns)
    {
        var role = message.RequiredText("role");
        var parts = new List<ContentPart>();
        if (!message.Has("content"))
        {
            throw message.Missing("content");
        }

        BlockReading.ReadContent(message, "content", parts);
        switch (role)
        {
            case "assistant":
                turns.Add(new Turn(TurnRole.Assistant, SignedCalls(parts)));
                break;
            case "user":
                AddCallersTurns(parts, turns);
                break;
            case "system":
                instructions.AddRange(parts);
                break;
            default:
                throw message.Fault("role", "must be user, assistant or system");
        }
    }

    private static void AddCallersTurns(List<ContentPart> parts, List<Turn> turns)
    {
        var start = 0;
        for (var i = 1; i <= parts.Count; i++)
        {
            var isResult = parts[start] is ContentPart.ToolResult;
            if (i == parts.Count || (parts[i] is ContentPart.ToolResult) != isResult)
            {
                turns.Add(new Turn(isResult ? TurnRole.Tool : TurnRole.User, parts[start..i]));
                start = i;
            }
        }
    }

    // The protocol has no place for a signature on a call, so it is said as a thought without words before it: see
    // MessagesContent.
    private static List<ContentPart> SignedCalls(List<ContentPart> parts)
    {
        for (var i = parts.Count - 1; i > 0; i--)
        {
            if (parts[i] is ContentPart.ToolCall call
                && parts[i - 1] is ContentPart.Thinking { Value: "", IsRedacted: false } thought
                && thought.Signature is { Origin: not SignatureOrigins.Anthropic } signature)
            {
                parts[i] = call with { Signature = signature };
                parts.RemoveAt(--i);
            }
        }

        return parts;
    }

    // A mark on the request itself stands for one on its last block.
    private static void MarkEnd(List<Turn> turns, CacheMark? mark)
    {
        if (mark is not null && turns is [.., { Parts: [.., { Cache: null } last] } end])
        {
            turns[^1] = end with { Parts = [.. end.Parts.SkipLast(1), last with { Cache = mark }] };
        }
    }

    private static OutputFormat? ReadFormat(RequestObject body)
    {
        var format = body.Object("output_config")?.Object("format") ?? body.Object("output_format");
        if (format is not { } wanted)
        {
            return null;
        }

        if (wanted.RequiredText("type") != "json_schema")
        {
            throw wanted.Fault("type", "must be json_schema");
        }

        return new OutputFormat(wanted.RequiredObject("schema").Value)
        {
            Name = wanted.Text("name"),
            Strict = true,
        };
    }

    // Who thinks for a caller of this protocol shows it, unless the caller wants it left out.
    private static ReasoningRequest? ReadReasoning(RequestObject body)
    {
        var effort = body.Object("output_config")?.Text("effort");
        if (body.Object("thinking") is not { } thinking)
        {
            return effort is null ? null : new ReasoningRequest { Effort = effort };
        }

        var showThoughts = thinking.Text("display") != "omitted";
        return thinking.RequiredText("type") switch
        {
            "enabled" => new ReasoningRequest
            {
                BudgetTokens = thinking.Whole("budget_tokens", 1, MaxTokenCount)
                    ?? throw thinking.Missing("budget_tokens"),
                ShowThoughts = showThoughts,
            },
            "adaptive" => new ReasoningRequest { Effort = effort, ShowThoughts = showThoughts },
            "disabled" or "between_tools" => new ReasoningRequest { IsEnabled = false },
            _ => throw thinking.Fault("type", "must be enabled, adaptive or disabled"),
        };
    }
}
