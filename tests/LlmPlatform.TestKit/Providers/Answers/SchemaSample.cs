using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.TestKit.Providers.Answers;

/// <summary>A value that fits a JSON schema: with every property it names, and one item in each array.</summary>
internal static class SchemaSample
{
    private const int DepthMax = 32;

    /// <summary>A sample; an empty object for no schema.</summary>
    public static JsonNode For(JsonElement? schema) =>
        (schema is { ValueKind: JsonValueKind.Object } given ? Of(given, given, 0) : null) ?? new JsonObject();

    private static JsonNode? Of(JsonElement schema, JsonElement root, int depth)
    {
        if (depth > DepthMax || schema.ValueKind != JsonValueKind.Object)
            return null;
        if (schema.Text("$ref") is { } reference)
            return Of(Resolve(root, reference), root, depth + 1);
        if (schema.Member("const") is { } constant)
            return JsonNode.Parse(constant.GetRawText());
        if (schema.Items("enum") is [var first, ..])
            return JsonNode.Parse(first.GetRawText());
        foreach (var choice in new[] { "anyOf", "oneOf", "allOf" })
        {
            if (schema.Items(choice) is [var one, ..])
                return Of(one, root, depth + 1);
        }

        return TypeOf(schema) switch
        {
            "object" => ObjectOf(schema, root, depth),
            "array" => ArrayOf(schema, root, depth),
            "integer" => JsonValue.Create((long)(schema.Number("minimum") ?? 7)),
            "number" => JsonValue.Create(schema.Number("minimum") ?? 7.5m),
            "boolean" => JsonValue.Create(true),
            "null" => null,
            _ => JsonValue.Create("sample"),
        };
    }

    private static JsonObject ObjectOf(JsonElement schema, JsonElement root, int depth)
    {
        var sample = new JsonObject();
        if (schema.Member("properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            foreach (var property in properties.EnumerateObject())
                sample[property.Name] = Of(property.Value, root, depth + 1);
        }

        return sample;
    }

    private static JsonArray ArrayOf(JsonElement schema, JsonElement root, int depth) =>
        schema.Member("items") is { } items ? new JsonArray(Of(items, root, depth + 1)) : [];

    // Gemini writes its types in capitals; a type may be a list, of which null is one.
    private static string TypeOf(JsonElement schema)
    {
        var type = schema.Member("type") switch
        {
            { ValueKind: JsonValueKind.String } single => single.GetString()!,
            { ValueKind: JsonValueKind.Array } several => several.EnumerateArray()
                .Where(one => one.ValueKind == JsonValueKind.String)
                .Select(one => one.GetString()!)
                .FirstOrDefault(one => one != "null", "null"),
            _ => schema.Member("properties") is null ? "string" : "object",
        };
        return type.ToLowerInvariant();
    }

    private static JsonElement Resolve(JsonElement root, string reference)
    {
        var at = root;
        foreach (var name in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at.Member(name) ?? default;
        return at;
    }
}
