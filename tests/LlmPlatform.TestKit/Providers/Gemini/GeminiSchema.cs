using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>The part of OpenAPI's schema that Gemini knows: what it does not know it refuses.</summary>
internal static class GeminiSchema
{
    private static readonly HashSet<string> _known =
    [
        "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required",
        "minProperties", "maxProperties", "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering",
        "default", "items", "minimum", "maximum",
    ];

    private static readonly HashSet<string> _types =
        ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

    public static void Check(JsonElement schema, string path)
    {
        GeminiFaults.OnlyKnown(schema, _known, path);
        var type = schema.Member("type");
        if (type is { ValueKind: JsonValueKind.Array })
        {
            throw GeminiFaults.Invalid(
                $"Invalid JSON payload received. Unknown name \"type\" at '{path}': Proto field is not repeating,"
                + " cannot start list.");
        }

        var name = type?.GetString()?.ToUpperInvariant();
        if (name is not null && !_types.Contains(name))
            throw GeminiFaults.Invalid($"Invalid value at '{path}.type' (Type), \"{name}\"");
        if (name == "OBJECT" && schema.Member("properties") is { } properties && !properties.EnumerateObject().Any())
            throw GeminiFaults.AtField($"{path}.properties", "should be non-empty for OBJECT type");
        if (name == "ARRAY" && schema.Member("items") is null)
            throw GeminiFaults.AtField($"{path}.items", "missing field.");
        if (schema.Member("enum") is not null && name is not ("STRING" or null))
            throw GeminiFaults.AtField($"{path}.enum", "only allowed for STRING type");
        CheckInside(schema, path);
    }

    private static void CheckInside(JsonElement schema, string path)
    {
        if (schema.Member("properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            foreach (var property in properties.EnumerateObject())
                Check(property.Value, $"{path}.properties[{property.Name}]");
            foreach (var required in schema.Items("required"))
            {
                if (properties.Member(required.GetString()!) is null)
                    throw GeminiFaults.AtField($"{path}.required[0]", "property is not defined");
            }
        }

        if (schema.Member("items") is { } items)
            Check(items, path + ".items");
        foreach (var choice in schema.Items("anyOf"))
            Check(choice, path + ".any_of[0]");
    }
}
