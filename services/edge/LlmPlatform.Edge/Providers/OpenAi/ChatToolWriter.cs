using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>Writes the tools, and which of them must be called.</summary>
internal static class ChatToolWriter
{
    /// <summary>Writes them, where there are any.</summary>
    public static void Write(Utf8JsonWriter json, GenerationRequest request, ChatDialect dialect)
    {
        var mayCall = dialect.ToolChoices != ToolChoiceWords.Auto || request.ToolChoice?.Kind != ToolChoiceKind.None;
        if (request.Tools.Count == 0 || !mayCall)
        {
            return;
        }

        json.WriteStartArray("tools");
        foreach (var tool in request.Tools)
        {
            WriteTool(json, tool, dialect);
        }

        json.WriteEndArray();
        WriteChoice(json, request, dialect);

        // Where it cannot be said, the reader of the answer sees to it.
        if (dialect.TakesParallelToolCalls
            && (request.ParallelToolCalls ?? (dialect.MustAskForParallelCalls ? true : null)) is { } parallel)
        {
            json.WriteBoolean("parallel_tool_calls", parallel);
        }
    }

    private static void WriteTool(Utf8JsonWriter json, ToolDefinition tool, ChatDialect dialect)
    {
        json.WriteStartObject();
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", tool.Name);
        if (tool.Description is { } description)
        {
            json.WriteString("description", description);
        }

        // Several servers ask for a schema even where there are no arguments.
        json.WritePropertyName("parameters");
        if (tool.Parameters is { } parameters)
        {
            parameters.WriteTo(json);
        }
        else
        {
            json.WriteRawValue("""{"type":"object","properties":{}}"""u8);
        }

        if (tool.Strict is { } strict)
        {
            json.WriteBoolean("strict", strict);
        }

        json.WriteEndObject();
        ChatMessageWriter.WriteCache(json, tool.Cache, dialect);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, GenerationRequest request, ChatDialect dialect)
    {
        var choice = request.ToolChoice;
        if (choice is null || (choice.Kind == ToolChoiceKind.Auto && dialect.ToolChoices == ToolChoiceWords.Auto))
        {
            return;
        }

        // Some tool out of one is that one.
        if (choice.Kind == ToolChoiceKind.Required
            && dialect.ToolChoices == ToolChoiceWords.NotRequired && request.Tools.Count == 1)
        {
            choice = new ToolChoice(ToolChoiceKind.Named, request.Tools[0].Name);
        }

        var isKnown = dialect.ToolChoices == ToolChoiceWords.All
            || (dialect.ToolChoices == ToolChoiceWords.NotRequired && choice.Kind != ToolChoiceKind.Required);
        if (!isKnown)
        {
            throw new TranslationException(
                "The provider of this model cannot be made to call a tool: 'tool_choice' must leave it to the model.",
                "tool_choice");
        }

        if (choice.Kind != ToolChoiceKind.Named)
        {
            json.WriteString("tool_choice", choice.Kind switch
            {
                ToolChoiceKind.None => "none",
                ToolChoiceKind.Required => "required",
                _ => "auto",
            });
            return;
        }

        json.WriteStartObject("tool_choice");
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", choice.Name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
