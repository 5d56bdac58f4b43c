using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>
/// A signed token taken apart (RFC 7515, compact): nothing of it is to be believed before its signature is verified.
/// </summary>
internal sealed class TokenText
{
    private static readonly SearchValues<char> Letters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // A member twice is how one reader is shown something else than another.
    private static readonly JsonDocumentOptions Json = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private TokenText(byte[] signed, byte[] signature, JsonElement header, JsonElement claims)
    {
        _signed = signed;
        _signature = signature;
        Algorithm = TextOf(header, "alg") ?? "";
        KeyId = TextOf(header, "kid");
        Claims = claims;
    }

    public string Algorithm { get; }

    public string? KeyId { get; }

    public JsonElement Claims { get; }

    public string? Issuer => TextOf(Claims, "iss");

    /// <summary>Whether a text is of the form of a token; nothing else that opens a door begins so.</summary>
    public static bool IsLikely(ReadOnlySpan<char> text) =>
        text.StartsWith("eyJ", StringComparison.Ordinal) && text.Count('.') == 2;

    /// <summary>
    /// Takes a token apart; false when it is none, or asks to be read in a way that is not known here.
    /// </summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out TokenText? token)
    {
        token = null;
        var parts = text.Split('.');
        if (parts.Length != 3 || parts.Any(part => part.AsSpan().ContainsAnyExcept(Letters)))
        {
            return false;
        }

        try
        {
            var header = Read(parts[0]);
            var claims = Read(parts[1]);
            if (header.ValueKind != JsonValueKind.Object || claims.ValueKind != JsonValueKind.Object
                || header.TryGetProperty("crit", out _))
            {
                return false;
            }

            token = new TokenText(
                Encoding.ASCII.GetBytes(text, 0, parts[0].Length + 1 + parts[1].Length),
                Base64Url.DecodeFromChars(parts[2]),
                header,
                claims);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether a key signed it, by the algorithm the key is for and no other.</summary>
    public bool IsSignedBy(SigningKey key) => key.Algorithm == Algorithm && key.Verifies(_signed, _signature);

    /// <summary>A claim that is a text; null when it is absent or something else.</summary>
    public string? Text(string claim) => TextOf(Claims, claim);

    /// <summary>A moment, in seconds since 1970; null when it is absent or none.</summary>
    public DateTimeOffset? Moment(string claim) =>
        Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds) && seconds is > 0 and < 253_402_300_799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>Whether a claim is a text, or one of a list.</summary>
    public bool Holds(string claim, string text) =>
        Claims.TryGetProperty(claim, out var value) && value.ValueKind switch
        {
            JsonValueKind.String => value.ValueEquals(text),
            JsonValueKind.Array => value.EnumerateArray().Any(item =>
                item.ValueKind == JsonValueKind.String && item.ValueEquals(text)),
            _ => false,
        };

    /// <summary>Whether it holds a scope: in <c>scope</c>, parted by spaces, or in <c>scp</c>.</summary>
    public bool HasScope(string scope) =>
        Holds("scope", scope) || Holds("scp", scope)
        || Text("scope")?.Split(' ').Contains(scope) is true
        || Text("scp")?.Split(' ').Contains(scope) is true;

    private static JsonElement Read(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Json);
        return document.RootElement.Clone();
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
