using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// A JSON schema as Anthropic's structured outputs take it: objects are closed, and the bounds that its grammar does
/// not know become words in the description, as Anthropic's own clients do it.
/// </summary>
internal static class StrictSchema
{
    /// <summary>Writes a schema.</summary>
    public static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(json);
            return;
        }

        var bounds = new List<string>();
        string? description = null;
        var isObject = false;
        json.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            switch (member.Name)
            {
                case "description":
                    description = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
                    break;
                case "additionalProperties":
                    isObject = true;
                    break;
                case "properties" or "$defs" or "definitions" when member.Value.ValueKind == JsonValueKind.Object:
                    isObject |= member.Name == "properties";
                    WriteNamed(json, member);
                    break;
                case "items" or "anyOf" or "allOf":
                    json.WritePropertyName(member.Name);
                    WriteInner(json, member.Value);
                    break;
                case "oneOf":
                    json.WritePropertyName("anyOf");
                    WriteInner(json, member.Value);
                    break;
                default:
                    isObject |= member.Name == "type" && member.Value.ValueKind == JsonValueKind.String
                        && member.Value.ValueEquals("object");
                    WriteOrTell(json, member, bounds);
                    break;
            }
        }

        WriteDescription(json, description, bounds);
        if (isObject)
        {
            json.WriteBoolean("additionalProperties", false);
        }

        json.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter json, JsonProperty schemas)
    {
        json.WriteStartObject(schemas.Name);
        foreach (var schema in schemas.Value.EnumerateObject())
        {
            json.WritePropertyName(schema.Name);
            Write(json, schema.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteInner(Utf8JsonWriter json, JsonElement inner)
    {
        if (inner.ValueKind != JsonValueKind.Array)
        {
            Write(json, inner);
            return;
        }

        json.WriteStartArray();
        foreach (var schema in inner.EnumerateArray())
        {
            Write(json, schema);
        }

        json.WriteEndArray();
    }

    private static void WriteOrTell(Utf8JsonWriter json, JsonProperty member, List<string> bounds)
    {
        var isBound = member.Name switch
        {
            "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => true,
            "minLength" or "maxLength" or "maxItems" or "uniqueItems" => true,
            "minProperties" or "maxProperties" => true,
            "minItems" => member.Value is not { ValueKind: JsonValueKind.Number } count
                || !count.TryGetInt64(out var least) || least > 1,
            _ => false,
        };
        if (isBound)
        {
            bounds.Add($"{member.Name}: {member.Value.GetRawText()}");
        }
        else
        {
            member.WriteTo(json);
        }
    }

    private static void WriteDescription(Utf8JsonWriter json, string? description, List<string> bounds)
    {
        if (bounds.Count > 0)
        {
            var told = $"{{{string.Join(", ", bounds)}}}";
            description = description is null ? told : $"{description}\n\n{told}";
        }

        if (description is not null)
        {
            json.WriteString("description", description);
        }
    }
}
