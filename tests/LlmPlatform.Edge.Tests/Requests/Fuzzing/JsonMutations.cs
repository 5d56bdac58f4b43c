using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>Changes that leave a body JSON, or nearly: values of other kinds, members twice, depth, size.</summary>
internal static class JsonMutations
{
    private const string Placeholder = "\"a place for a value of any kind\"";

    private static readonly string[] _values =
    [
        "null", "true", "false", "0", "-1", "1.5", "1e999", "-1e999", "1e-999", "-0", "99999999999999999999999999",
        "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\ufffe\"", "\"a\\nb\\r\\n\\r\\nc\"",
        "[]", "{}", "[[]]", "[null]", "{\"\":null}", "{\"type\":null}", "[{}]", "{\"$ref\":\"#\"}", "\"data:,\"",
        "\"data:image/png;base64,!!!!\"", "\"http://127.0.0.1:1/\"", "\"file:///etc/passwd\"", "9223372036854775808",
        "-9223372036854775809", "4294967296", "2147483648", "0.1e-400", "\"user\"", "\"tool\"", "\"function\"",
        "\"{\\\"city\\\":\\\"\\\\ud800\\\"}\"", "\"{\\\"a\\\":1,\\\"a\\\":1e999}\"", "\"text\"", "\"assistant\"",
        "\"system\"", "\"auto\"", "\"none\"", "1", "16", "100000",
    ];

    private static readonly string[] _noJson =
    [
        "NaN", "Infinity", "-", "'x'", "01", ".5", "0x10", "undefined", "\"\\x41\"", "\"\\u12\"", "/* */1", "1//\n",
        "+1",
    ];

    public static string Mutate(Random random, string json)
    {
        var root = JsonNode.Parse(json)!;
        return random.Next(8) switch
        {
            0 => Without(random, root),
            1 => Twice(random, json),
            2 => Added(random, root),
            3 => Wrapped(random, json),
            4 => Renamed(random, root),
            _ => Replaced(random, root, AnyValue(random)),
        };
    }

    private static string AnyValue(Random random) => random.Next(24) switch
    {
        0 => Nested(random, "[", "]"),
        1 => Nested(random, "{\"a\":", "}", "1"),
        2 => Nested(random, "{\"content\":[", "]}"),
        3 => new string('9', random.Next(1, 3000)),
        4 => "0." + new string('1', random.Next(1, 3000)),
        5 => $"\"{new string('x', random.Next(1, 60_000))}\"",
        6 => _noJson[random.Next(_noJson.Length)],
        7 => $"[{string.Join(',', Enumerable.Repeat("{}", random.Next(1, 3000)))}]",
        _ => _values[random.Next(_values.Length)],
    };

    private static string Nested(Random random, string open, string close, string inside = "")
    {
        var depth = random.Next(1, 4000);
        return string.Concat(Enumerable.Repeat(open, depth)) + inside
            + string.Concat(Enumerable.Repeat(close, random.Next(10) == 0 ? depth - 1 : depth));
    }

    private static string Replaced(Random random, JsonNode root, string value)
    {
        Pick(random, root).Set(JsonNode.Parse(Placeholder));
        return root.ToJsonString().Replace(Placeholder, value, StringComparison.Ordinal);
    }

    private static string Without(Random random, JsonNode root)
    {
        Pick(random, root).Remove();
        return root.ToJsonString();
    }

    private static string Twice(Random random, string json)
    {
        var members = JsonNode.Parse(json)!.AsObject().ToList();
        var (name, value) = members[random.Next(members.Count)];
        var again = random.Next(2) == 0 ? value?.ToJsonString() ?? "null" : AnyValue(random);
        var at = json.IndexOf('{', StringComparison.Ordinal) + 1;
        return json.Insert(at, $"{JsonSerializer.Serialize(name)}:{again},");
    }

    private static string Added(Random random, JsonNode root)
    {
        string[] names =
        [
            "", "__proto__", "stream_options", "max_tokens", "a\u0000b", new string('n', 5000), "模型", "stream", "tools",
            "system", "messages", "input", "model", "n", "stop", "logprobs", "top_logprobs", "reasoning_effort",
        ];
        var at = root.AsObject();
        at[names[random.Next(names.Length)]] = JsonNode.Parse(Placeholder);
        return root.ToJsonString().Replace(Placeholder, AnyValue(random), StringComparison.Ordinal);
    }

    private static string Wrapped(Random random, string json) => random.Next(6) switch
    {
        0 => $"[{json}]",
        1 => JsonSerializer.Serialize(json),
        2 => $"{json}{json}",
        3 => $"\ufeff{json}",
        4 => $"{{\"body\":{json}}}",
        _ => json.TrimEnd()[..^1] + ",}",
    };

    private static string Renamed(Random random, JsonNode root)
    {
        var place = Pick(random, root);
        if (place.Parent is JsonObject parent)
        {
            var value = parent[place.Name!]?.DeepClone();
            parent.Remove(place.Name!);
            parent[place.Name!.ToUpperInvariant()] = value;
        }

        return root.ToJsonString();
    }

    // Any value below the root, each as likely as another.
    private static Place Pick(Random random, JsonNode root)
    {
        var places = Places(root).ToList();
        return places[random.Next(places.Count)];
    }

    private static IEnumerable<Place> Places(JsonNode? node) => node switch
    {
        JsonObject members => members.ToList().SelectMany(
            member => Places(member.Value).Prepend(new Place(members, member.Key, 0))),
        JsonArray items => items.ToList().SelectMany(
            (item, index) => Places(item).Prepend(new Place(items, null, index))),
        _ => [],
    };

    private sealed record Place(JsonNode Parent, string? Name, int Index)
    {
        public void Set(JsonNode? value)
        {
            if (Parent is JsonObject members)
                members[Name!] = value;
            else
                Parent.AsArray()[Index] = value;
        }

        public void Remove()
        {
            if (Parent is JsonObject members)
                members.Remove(Name!);
            else
                Parent.AsArray().RemoveAt(Index);
        }
    }
}
