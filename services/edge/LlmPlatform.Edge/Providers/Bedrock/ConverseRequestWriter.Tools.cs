using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Tools, and the form of an answer where a tool stands for it: the model calls a tool of ours whose arguments are the
/// answer, and <see cref="ConverseReader"/> shows them as text.
/// </summary>
internal sealed partial class ConverseRequestWriter
{
    private bool ForcesTool => _forcing is AnswerForcing.Tool or AnswerForcing.AnyTool;

    // The caller's own order to call a tool goes before the form: an answer that calls a tool has none yet.
    private bool OffersAnswerTool =>
        ForcesTool && _request.ToolChoice is not { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named };

    private bool MayCallTools =>
        _request.Tools.Count > 0 && _request.ToolChoice is not { Kind: ToolChoiceKind.None };

    // A model that cannot be told to is offered the tool and left to see that it is the only way to answer.
    private bool MustCallTool => (OffersAnswerTool && _model.TakesForcedTool)
        || _request.ToolChoice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named };

    private void WriteTools(Utf8JsonWriter json)
    {
        var called = CalledTools();
        if (!MayCallTools && !OffersAnswerTool && called.Count == 0)
        {
            return;
        }

        json.WriteStartObject("toolConfig");
        json.WriteStartArray("tools");
        foreach (var tool in _request.Tools)
        {
            WriteTool(json, tool);
        }

        // Converse takes no conversation with calls in it without their tools.
        foreach (var name in called.Where(name => _request.Tools.All(tool => tool.Name != name)))
        {
            WriteTool(json, new ToolDefinition(name));
        }

        if (OffersAnswerTool)
        {
            WriteTool(json, new ToolDefinition(AnswerTool.NameIn(_request)!)
            {
                Description = _request.Format!.Description ?? "Give the answer by calling this, and only so.",
                Parameters = _request.Format.Schema,
            });
        }

        json.WriteEndArray();
        WriteToolChoice(json);
        json.WriteEndObject();
    }

    private void WriteTool(Utf8JsonWriter json, ToolDefinition tool)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolSpec");
        json.WriteString("name", tool.Name);
        if (!string.IsNullOrWhiteSpace(tool.Description))
        {
            json.WriteString("description", tool.Description);
        }

        // A schema that does not even say that it is of an object gives nothing to hold arguments to.
        var isStrict = tool.Strict == true && _model.TakesSchema
            && tool.Parameters is { ValueKind: JsonValueKind.Object } schema && schema.TryGetProperty("type"u8, out _);
        json.WriteStartObject("inputSchema");
        json.WritePropertyName("json");
        if (isStrict)
        {
            StrictSchema.Write(json, tool.Parameters!.Value);
        }
        else
        {
            InputSchema.Write(json, tool.Parameters);
        }

        json.WriteEndObject();
        if (isStrict)
        {
            json.WriteBoolean("strict", true);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        WriteCachePoint(json, tool.Cache);
    }

    // Converse knows no "none" and no "one at a time"; Claude's own choice of tools does.
    private void WriteToolChoice(Utf8JsonWriter json)
    {
        var isOneAtATime = _request.ParallelToolCalls == false && MayCallTools;
        if (_model.Vendor == BedrockVendor.Anthropic && (isOneAtATime || (!MayCallTools && !OffersAnswerTool)))
        {
            _modelFields["tool_choice"] = ClaudeToolChoice(isOneAtATime);
            return;
        }

        Refuse(isOneAtATime, "parallel_tool_calls", "cannot keep this model to one tool at a time");
        Refuse(
            !MayCallTools && !OffersAnswerTool, "tool_choice",
            "cannot forbid this model the tools of the conversation; let tool_choice be auto, and give the tools");
        json.WriteStartObject("toolChoice");
        if (OffersAnswerTool && !MayCallTools && _forcing == AnswerForcing.Tool && _model.TakesForcedTool)
        {
            WriteNamedChoice(json, AnswerTool.NameIn(_request)!);
        }
        else if (_request.ToolChoice is { Kind: ToolChoiceKind.Named, Name: { } name })
        {
            WriteNamedChoice(json, name);
        }
        else
        {
            json.WriteStartObject(MustCallTool ? "any" : "auto");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private JsonObject ClaudeToolChoice(bool isOneAtATime)
    {
        var choice = _request.ToolChoice switch
        {
            _ when !MayCallTools => new JsonObject { ["type"] = "none" },
            { Kind: ToolChoiceKind.Named } named => new JsonObject { ["type"] = "tool", ["name"] = named.Name },
            { Kind: ToolChoiceKind.Required } => new JsonObject { ["type"] = "any" },
            _ => new JsonObject { ["type"] = MustCallTool ? "any" : "auto" },
        };
        if (isOneAtATime)
        {
            choice["disable_parallel_tool_use"] = true;
        }

        return choice;
    }

    private static void WriteNamedChoice(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject("tool");
        json.WriteString("name", name);
        json.WriteEndObject();
    }

    // The tools that earlier turns have called, in order.
    private List<string> CalledTools() =>
    [
        .. _request.Turns.SelectMany(turn => turn.Parts).OfType<ContentPart.ToolCall>()
            .Select(call => call.Name).Distinct(StringComparer.Ordinal),
    ];
}
