using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>Writes a request for text as <c>generateContent</c> takes it.</summary>
internal static class GeminiRequest
{
    /// <summary>Writes the members of the whole request into the object under way.</summary>
    /// <param name="writer">Inside an object.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="model">Who is asked.</param>
    /// <param name="outputBound">The bound on output tokens where the caller gave none; null for none.</param>
    /// <exception cref="TranslationException">Gemini has no words for it.</exception>
    public static void Write(Utf8JsonWriter writer, GenerationRequest request, GeminiModel model, long? outputBound)
    {
        WriteInput(writer, request, model);
        WriteToolChoice(writer, request);
        GeminiConfig.Write(writer, request, model, outputBound);
    }

    /// <summary>Writes only what counts as input: the conversation, the instructions and the tools.</summary>
    /// <inheritdoc cref="Write" />
    public static void WriteInput(Utf8JsonWriter writer, GenerationRequest request, GeminiModel model)
    {
        var contents = new GeminiContents(writer, model);

        // A conversation of instructions alone is none to Gemini: they are what there is to answer.
        if (request.Turns.Any(turn => turn.Parts.Count > 0))
        {
            WriteInstructions(writer, request.Instructions);
            contents.Write(request.Turns);
        }
        else
        {
            contents.Write([new Turn(TurnRole.User, request.Instructions)]);
        }

        WriteTools(writer, request.Tools);
    }

    private static void WriteInstructions(Utf8JsonWriter writer, IReadOnlyList<ContentPart> instructions)
    {
        if (instructions.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("systemInstruction"u8);
        writer.WriteStartArray("parts"u8);
        foreach (var part in instructions)
        {
            if (part is not ContentPart.Text text)
            {
                throw new TranslationException("Instructions for Gemini are text: put media into a user's message.");
            }

            writer.WriteStartObject();
            writer.WriteString("text"u8, text.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter writer, IReadOnlyList<ToolDefinition> tools)
    {
        if (tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        writer.WriteStartObject();
        writer.WriteStartArray("functionDeclarations"u8);
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, tool.Name);
            if (tool.Description is not null)
            {
                writer.WriteString("description"u8, tool.Description);
            }

            WriteParameters(writer, tool);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    // A function without parameters says nothing of them: some models refuse an object without properties.
    private static void WriteParameters(Utf8JsonWriter writer, ToolDefinition tool)
    {
        if (tool.Parameters is not { ValueKind: JsonValueKind.Object } parameters)
        {
            return;
        }

        var schema = GeminiSchema.Prepare(parameters, $"The schema of tool '{tool.Name}'").AsObject();
        var describesSomething = schema["properties"] is JsonObject { Count: > 0 }
            || schema.ContainsKey("anyOf") || schema.ContainsKey("oneOf") || schema.ContainsKey("$ref")
            || schema["additionalProperties"] is JsonObject;
        if (describesSomething)
        {
            schema.TryAdd("type", "object");
            writer.WritePropertyName("parametersJsonSchema"u8);
            schema.WriteTo(writer);
        }
    }

    private static void WriteToolChoice(Utf8JsonWriter writer, GenerationRequest request)
    {
        if (request.ToolChoice is not { } choice || request.Tools.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("toolConfig"u8);
        writer.WriteStartObject("functionCallingConfig"u8);
        writer.WriteString("mode"u8, choice.Kind switch
        {
            ToolChoiceKind.None => "NONE",
            ToolChoiceKind.Required or ToolChoiceKind.Named => "ANY",
            _ => "AUTO",
        });
        if (choice is { Kind: ToolChoiceKind.Named, Name: { } name })
        {
            writer.WriteStartArray("allowedFunctionNames"u8);
            writer.WriteStringValue(name);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
