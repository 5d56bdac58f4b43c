using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>
/// Makes a JSON schema one that Gemini follows whole. It goes where Google takes JSON Schema
/// (<c>parametersJsonSchema</c>, <c>responseJsonSchema</c>) and not into the older <c>Schema</c> message
/// (<c>parameters</c>, <c>responseSchema</c>): that one refuses the entire request for a single keyword it has no
/// field for, such as <c>additionalProperties</c>, <c>const</c> or a list of types, and cannot say others at all. What
/// is left to do here is what Google documents as not followed there: references are written out, since nothing may
/// stand beside one and cycles are refused in required members; <c>const</c> becomes an <c>enum</c> of one,
/// <c>allOf</c> is merged. Every other keyword stays as it is.
/// </summary>
internal sealed class GeminiSchema
{
    // References written out can multiply: beyond this a schema is refused rather than sent.
    private const int MaxNodes = 20_000;
    private const int MaxDepth = 100;

    // How often a definition may stand inside itself before it is cut to its type.
    private const int MaxUnrolls = 2;

    private readonly JsonElement _root;
    private readonly string _subject;
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private int _nodes;

    private GeminiSchema(JsonElement root, string subject)
    {
        _root = root;
        _subject = subject;
    }

    /// <summary>Prepares a schema.</summary>
    /// <param name="schema">As the caller wrote it.</param>
    /// <param name="subject">What it is the schema of, for the sentence of a refusal.</param>
    /// <exception cref="TranslationException">Its references make it too large.</exception>
    public static JsonNode Prepare(JsonElement schema, string subject) =>
        new GeminiSchema(schema, subject).Node(schema, 0)!;

    private JsonNode? Node(JsonElement schema, int depth)
    {
        if (++_nodes > MaxNodes || depth > MaxDepth)
        {
            throw new TranslationException(
                $"{_subject} is too large or too deep when its references are written out.");
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            // "Anything goes" has an object form, which every reader of schemas knows.
            return schema.ValueKind == JsonValueKind.True ? new JsonObject() : Copy(schema);
        }

        var node = new JsonObject();
        if (schema.TryGetProperty("$ref", out var reference) && !TryInclude(reference, node, depth))
        {
            return new JsonObject { ["$ref"] = Copy(reference) };
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            Take(keyword, node, depth);
        }

        return node;
    }

    private void Take(JsonProperty keyword, JsonObject node, int depth)
    {
        switch (keyword.Name)
        {
            case "$schema" or "$defs" or "definitions" or "$ref":
                break;
            case "const" when keyword.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number:
                node["enum"] = new JsonArray(Copy(keyword.Value));
                node.TryAdd("type", keyword.Value.ValueKind == JsonValueKind.String ? "string" : "number");
                break;
            case "type":
                node["type"] = Copy(keyword.Value);
                break;
            case "allOf" when keyword.Value.ValueKind == JsonValueKind.Array:
                foreach (var member in keyword.Value.EnumerateArray())
                {
                    Absorb(node, Node(member, depth + 1) as JsonObject);
                }

                break;
            case "properties" or "patternProperties" or "dependentSchemas"
                when keyword.Value.ValueKind == JsonValueKind.Object:
                Merge(node, keyword.Name, Map(keyword.Value, depth));
                break;
            case "required" when keyword.Value.ValueKind == JsonValueKind.Array:
                Merge(node, Copy(keyword.Value)!.AsArray());
                break;
            case "items" when keyword.Value.ValueKind == JsonValueKind.Array:
                // How older drafts spelled the members of a tuple.
                node["prefixItems"] = List(keyword.Value, depth);
                break;
            case "anyOf" or "oneOf" or "prefixItems" when keyword.Value.ValueKind == JsonValueKind.Array:
                node[keyword.Name] = List(keyword.Value, depth);
                break;
            case "items" or "additionalProperties" or "contains" or "propertyNames" or "not" or "if" or "then"
                or "else" or "unevaluatedProperties" or "unevaluatedItems"
                when keyword.Value.ValueKind == JsonValueKind.Object:
                node[keyword.Name] = Node(keyword.Value, depth + 1);
                break;
            default:
                node[keyword.Name] = Copy(keyword.Value);
                break;
        }
    }

    // Writes what a reference names into the place of the reference; what stands beside it is laid over it later.
    private bool TryInclude(JsonElement reference, JsonObject node, int depth)
    {
        if (reference.ValueKind != JsonValueKind.String
            || reference.GetString() is not { } pointer
            || !TryFind(pointer, out var target))
        {
            return false;
        }

        var times = _open.GetValueOrDefault(pointer);
        if (times > MaxUnrolls)
        {
            Absorb(node, Cut(target));
            return true;
        }

        _open[pointer] = times + 1;
        Absorb(node, Node(target, depth + 1) as JsonObject);
        _open[pointer] = times;
        return true;
    }

    private bool TryFind(string pointer, out JsonElement target)
    {
        target = _root;
        if (!pointer.StartsWith('#') || (pointer.Length > 1 && pointer[1] != '/'))
        {
            return false;
        }

        foreach (var step in pointer.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            var found = target.ValueKind switch
            {
                JsonValueKind.Object when target.TryGetProperty(name, out var member) => member,
                JsonValueKind.Array when int.TryParse(name, out var index) && index >= 0
                    && index < target.GetArrayLength() => target[index],
                _ => default,
            };
            if (found.ValueKind == JsonValueKind.Undefined)
            {
                return false;
            }

            target = found;
        }

        return true;
    }

    private static JsonObject Cut(JsonElement target)
    {
        var cut = new JsonObject { ["type"] = "object" };
        if (target.ValueKind == JsonValueKind.Object)
        {
            foreach (var keyword in target.EnumerateObject().Where(keyword => keyword.Name is "type" or "description"))
            {
                cut[keyword.Name] = Copy(keyword.Value);
            }
        }

        return cut;
    }

    private JsonObject Map(JsonElement schemas, int depth)
    {
        var map = new JsonObject();
        foreach (var member in schemas.EnumerateObject())
        {
            map[member.Name] = Node(member.Value, depth + 1);
        }

        return map;
    }

    private JsonArray List(JsonElement schemas, int depth) =>
        new([.. schemas.EnumerateArray().Select(schema => Node(schema, depth + 1))]);

    // What is there stays; members and their being required add up.
    private static void Absorb(JsonObject node, JsonObject? other)
    {
        foreach (var (name, value) in other?.ToArray() ?? [])
        {
            other!.Remove(name);
            switch (name)
            {
                case "properties" when value is JsonObject members:
                    foreach (var (member, schema) in members.ToArray())
                    {
                        members.Remove(member);
                        MembersOf(node, name).TryAdd(member, schema);
                    }

                    break;
                case "required" when value is JsonArray names:
                    Merge(node, names);
                    break;
                default:
                    node.TryAdd(name, value);
                    break;
            }
        }
    }

    private static void Merge(JsonObject node, string name, JsonObject added)
    {
        var members = MembersOf(node, name);
        foreach (var (member, schema) in added.ToArray())
        {
            added.Remove(member);
            members[member] = schema;
        }
    }

    private static void Merge(JsonObject node, JsonArray required)
    {
        var names = node["required"] as JsonArray ?? [];
        foreach (var name in required.ToArray())
        {
            if (!names.Any(known => JsonNode.DeepEquals(known, name)))
            {
                names.Add(name?.DeepClone());
            }
        }

        node["required"] ??= names;
    }

    private static JsonObject MembersOf(JsonObject node, string name)
    {
        if (node[name] is JsonObject members)
        {
            return members;
        }

        var created = new JsonObject();
        node[name] = created;
        return created;
    }

    private static JsonNode? Copy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };
}
