using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>Reads members of what Google sent, where anything may be of another type than it should be.</summary>
internal static class GeminiJson
{
    private const int EscapeBytes = 6;

    // Arguments of a call may be as deep as the caller's schema.
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 512 };

    /// <summary>Reads a document; null where there is none.</summary>
    public static JsonDocument? Parse(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(Mended(json), isFinalBlock: true, new JsonReaderState(Deep));
            return JsonDocument.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member that is text; null where there is none.</summary>
    public static string? Text(JsonElement of, ReadOnlySpan<byte> member) =>
        Member(of, member, JsonValueKind.String)?.GetString();

    /// <summary>A member that is an object; null where there is none.</summary>
    public static JsonElement? Object(JsonElement of, ReadOnlySpan<byte> member) =>
        Member(of, member, JsonValueKind.Object);

    /// <summary>A member that is a list; null where there is none.</summary>
    public static JsonElement? List(JsonElement of, ReadOnlySpan<byte> member) =>
        Member(of, member, JsonValueKind.Array);

    /// <summary>A member that is a number; null where there is none.</summary>
    public static JsonElement? Number(JsonElement of, ReadOnlySpan<byte> member) =>
        Member(of, member, JsonValueKind.Number);

    // Bytes that are no UTF-8, and half of a surrogate pair, escaped, pass for JSON but are no text: whoever reads
    // them, or only compares them, fails. They become the character that stands for what cannot be read.
    private static ReadOnlySpan<byte> Mended(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        }

        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return json;
        }

        var mended = json.ToArray();
        var at = 0;
        while (mended.AsSpan(at).IndexOf((byte)'\\') is >= 0 and var offset)
        {
            at += offset;
            var first = Escape(mended.AsSpan(at));
            var second = Escape(mended.AsSpan(Math.Min(at + EscapeBytes, mended.Length)));
            if (char.IsHighSurrogate(first) && char.IsLowSurrogate(second))
            {
                at += 2 * EscapeBytes;
            }
            else if (char.IsSurrogate(first))
            {
                "fffd"u8.CopyTo(mended.AsSpan(at + 2));
                at += EscapeBytes;
            }
            else
            {
                at += 2;
            }

            at = Math.Min(at, mended.Length);
        }

        return mended;
    }

    // The UTF-16 unit that an escape at the beginning stands for; 0 where there is none.
    private static char Escape(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeBytes && json[0] == '\\' && json[1] == 'u'
        && Utf8Parser.TryParse(json[2..EscapeBytes], out ushort unit, out var read, 'x') && read == 4
            ? (char)unit
            : '\0';

    private static JsonElement? Member(JsonElement of, ReadOnlySpan<byte> member, JsonValueKind kind) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(member, out var value) && value.ValueKind == kind
            ? value
            : null;
}
