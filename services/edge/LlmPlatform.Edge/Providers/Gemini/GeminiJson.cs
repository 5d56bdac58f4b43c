using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>Reads members of what Google sent, where anything may be of another type than it should be.</summary>
internal static class GeminiJson
{
    /// <summary>A member that is text; null where there is none.</summary>
    public static string? Text(JsonElement of, ReadOnlySpan<byte> member)
    {
        if (of.ValueKind != JsonValueKind.Object || !of.TryGetProperty(member, out var value)
            || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: valid JSON, but no text.
            return "\uFFFD";
        }
    }

    /// <summary>A member that is an object; null where there is none.</summary>
    public static JsonElement? Object(JsonElement of, ReadOnlySpan<byte> member) =>
        Member(of, member, JsonValueKind.Object);

    /// <summary>A member that is a list; null where there is none.</summary>
    public static JsonElement? List(JsonElement of, ReadOnlySpan<byte> member) =>
        Member(of, member, JsonValueKind.Array);

    /// <summary>A member that is a number; null where there is none.</summary>
    public static JsonElement? Number(JsonElement of, ReadOnlySpan<byte> member) =>
        Member(of, member, JsonValueKind.Number);

    private static JsonElement? Member(JsonElement of, ReadOnlySpan<byte> member, JsonValueKind kind) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(member, out var value) && value.ValueKind == kind
            ? value
            : null;
}
