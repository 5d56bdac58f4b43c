using System.Text.Json;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>Puts what is added behind what the file declares, so that one reading finds every fault of both.</summary>
internal static class AdditionNodes
{
    /// <summary>The document with the additions at the end of their lists, in their order.</summary>
    /// <exception cref="JsonException">An addition is no JSON object.</exception>
    public static YamlNode Append(YamlNode? document, IReadOnlyList<ConfigurationAddition> additions)
    {
        var entries = (document as YamlMapping)?.Entries.ToList() ?? [];
        foreach (var section in additions.GroupBy(addition => addition.Section))
        {
            var at = entries.FindIndex(entry => entry.Key == section.Key);
            var declared = at >= 0 ? entries[at].Value as YamlSequence : null;
            var items = new YamlSequence(
                [.. declared?.Items ?? [], .. section.Select(NodeOf)], declared?.Line ?? 0, Size: 1);
            var entry = new YamlEntry(section.Key, items, at >= 0 ? entries[at].Line : 0);
            if (at >= 0)
                entries[at] = entry;
            else
                entries.Add(entry);
        }

        return new YamlMapping(entries, document?.Line ?? 0, Size: 1);
    }

    private static YamlNode NodeOf(ConfigurationAddition addition)
    {
        using var json = JsonDocument.Parse(addition.Json);
        return json.RootElement.ValueKind == JsonValueKind.Object
            ? NodeOf(json.RootElement)
            : throw new JsonException("The item is no JSON object.");
    }

    private static YamlNode NodeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new YamlMapping(
            [
                .. value.EnumerateObject().DistinctBy(member => member.Name)
                    .Select(member => new YamlEntry(member.Name, NodeOf(member.Value), 0)),
            ],
            Line: 0,
            Size: 1),
        JsonValueKind.Array => new YamlSequence([.. value.EnumerateArray().Select(NodeOf)], Line: 0, Size: 1),
        JsonValueKind.Null => new YamlScalar("", IsEmpty: true, Line: 0),

        // The variables of this process are not whoever's who may add an item.
        JsonValueKind.String => new YamlScalar(
            value.GetString()!.Replace("${", "$${", StringComparison.Ordinal), IsEmpty: false, Line: 0),
        _ => new YamlScalar(value.GetRawText(), IsEmpty: false, Line: 0),
    };
}
