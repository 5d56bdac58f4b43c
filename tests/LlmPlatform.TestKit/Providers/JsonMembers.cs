using System.Text.Json;

namespace LlmPlatform.TestKit.Providers;

/// <summary>Looks into requests of which nothing is certain.</summary>
internal static class JsonMembers
{
    /// <summary>A member's value; null when it is absent or null.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>A member of a member.</summary>
    public static JsonElement? Member(this JsonElement element, string name, string inner) =>
        element.Member(name)?.Member(inner);

    /// <summary>A text; null when the member is anything else.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A number; null when the member is anything else.</summary>
    public static decimal? Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var value)
            ? value
            : null;

    public static bool IsTrue(this JsonElement element, string name) =>
        element.Member(name)?.ValueKind == JsonValueKind.True;

    public static bool IsFalse(this JsonElement element, string name) =>
        element.Member(name)?.ValueKind == JsonValueKind.False;

    public static bool IsObject(this JsonElement? element) => element?.ValueKind == JsonValueKind.Object;

    public static bool IsArray(this JsonElement? element) => element?.ValueKind == JsonValueKind.Array;

    /// <summary>The items of an array; none when the member is anything else.</summary>
    public static IReadOnlyList<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray()] : [];

    /// <summary>The first member that is not among these; null when all are.</summary>
    public static string? Stranger(this JsonElement element, IReadOnlySet<string> known) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name))
            : null;
}
