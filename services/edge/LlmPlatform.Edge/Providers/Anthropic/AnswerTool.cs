using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// A tool that the model must call with its answer, for an answer in a given form from a model that follows no schema
/// otherwise. Its arguments are turned back into the answer's text.
/// </summary>
internal static class AnswerTool
{
    private const string Name = "give_answer";

    /// <summary>The tool's name; null for a request that asks for no form, and so for no such tool.</summary>
    public static string? NameIn(GenerationRequest request) => request.Format is null ? null
        : request.Tools.Any(tool => tool.Name == Name) ? $"{Name}_in_form"
        : Name;

    /// <summary>Writes the tool.</summary>
    public static void Write(Utf8JsonWriter json, string name, OutputFormat format)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("description", format.Description ?? "Give the answer by calling this, and only so.");
        json.WritePropertyName("input_schema");
        InputSchema.Write(json, format.Schema);
        json.WriteEndObject();
    }
}
