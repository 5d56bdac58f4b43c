using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// A text nobody may see by accident: formatting and JSON both give <c>***</c>; only <see cref="Reveal"/> gives the
/// text.
/// </summary>
[JsonConverter(typeof(SecretJsonConverter))]
public readonly struct Secret : IEquatable<Secret>
{
    private const string Mask = "***";

    private readonly string? _text;

    /// <summary>Wraps a text.</summary>
    /// <param name="text">The text to keep from sight.</param>
    public Secret(string text) => _text = text;

    /// <summary>The text itself. Call it only where the text is used: never for a log, a span or a message.</summary>
    /// <returns>The text; empty for a secret that was never given one.</returns>
    public string Reveal() => _text ?? string.Empty;

    /// <summary>Always <c>***</c>.</summary>
    /// <returns>The mask.</returns>
    public override string ToString() => Mask;

    /// <summary>Whether both hold the same text; the time it takes says nothing of where they differ.</summary>
    public bool Equals(Secret other) => CryptographicOperations.FixedTimeEquals(
        MemoryMarshal.AsBytes(Reveal().AsSpan()), MemoryMarshal.AsBytes(other.Reveal().AsSpan()));

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Secret other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Reveal().GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether two secrets hold the same text.</summary>
    /// <param name="left">One secret.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when the texts are the same.</returns>
    public static bool operator ==(Secret left, Secret right) => left.Equals(right);

    /// <summary>Whether two secrets hold different texts.</summary>
    /// <param name="left">One secret.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when the texts differ.</returns>
    public static bool operator !=(Secret left, Secret right) => !left.Equals(right);

    private sealed class SecretJsonConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("A secret is written to JSON as a mask, so it cannot be read back from JSON.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Mask);
    }
}
