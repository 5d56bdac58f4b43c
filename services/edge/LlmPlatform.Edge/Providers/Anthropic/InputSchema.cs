using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>The schema of a tool's arguments: Anthropic wants an object, and to be told so.</summary>
internal static class InputSchema
{
    /// <summary>Writes one; of a tool without, that of an empty object.</summary>
    public static void Write(Utf8JsonWriter json, JsonElement? schema)
    {
        if (schema is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty("type", out _))
        {
            given.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "object");
        if (schema is { ValueKind: JsonValueKind.Object } untyped)
        {
            foreach (var member in untyped.EnumerateObject())
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }
}
