using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// Members that requests of several protocols have in common: how one is read from the bytes, what is said when it is
/// wrong, how one of ours is written in its place.
/// </summary>
internal static class RequestMembers
{
    /// <summary>The most tokens a bound may name.</summary>
    public const long MaxTokenCount = 10_000_000;

    // The reader's own bound.
    private const int MaxDepth = 64;
    private const int MaxModelBytes = 256;

    // What names of models are made of, and no JSON spells otherwise.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/@");

    /// <summary>The published model that is asked for.</summary>
    public static GatewayError? ReadModel(in Utf8JsonReader reader, out string model)
    {
        model = "";
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > MaxModelBytes)
        {
            return GatewayError.InvalidRequest($"'model' must be a text of 1 to {MaxModelBytes} bytes.", "model");
        }

        model = reader.GetString()!;
        return null;
    }

    /// <summary>A flag; null says nothing.</summary>
    public static GatewayError? ReadFlag(in Utf8JsonReader reader, string name, out bool? flag)
    {
        flag = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => null,
        };
        return flag is not null || reader.TokenType == JsonTokenType.Null
            ? null
            : GatewayError.InvalidRequest($"'{name}' must be true or false.", name);
    }

    /// <summary>A whole number from 1; null says nothing.</summary>
    public static GatewayError? ReadCount(in Utf8JsonReader reader, string name, long max, out long? count)
    {
        count = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || value < 1 || value > max)
        {
            return GatewayError.InvalidRequest($"'{name}' must be a whole number from 1 to {max}.", name);
        }

        count = value;
        return null;
    }

    /// <summary>OpenAI's range; null says nothing.</summary>
    public static GatewayError? ReadTemperature(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.Number
                && reader.TryGetDecimal(out var value) && value is >= 0 and <= 2)
            ? null
            : GatewayError.InvalidRequest("'temperature' must be a number from 0 to 2.", "temperature");

    /// <summary>Which of two members of one name a provider would take is not ours to guess.</summary>
    public static GatewayError Twice(string name) =>
        GatewayError.InvalidRequest($"The member '{name}' is there twice.", name);

    public static GatewayError Missing(string name) =>
        GatewayError.InvalidRequest($"The member '{name}' is missing.", name);

    public static GatewayError NoObject() => GatewayError.InvalidRequest("The body must be a JSON object.");

    /// <summary>What the reader's exception means.</summary>
    /// <param name="fault">
    /// A <see cref="JsonException"/>, or the <see cref="InvalidOperationException"/> by which the reader says that a
    /// name or text it was to compare is half a surrogate pair, or no UTF-8.
    /// </param>
    public static GatewayError Malformed(Exception fault) => fault is JsonException broken
        ? GatewayError.InvalidRequest(broken.Message.Contains("depth", StringComparison.Ordinal)
            ? $"The body is nested deeper than {MaxDepth} levels (line {broken.LineNumber + 1})."
            : $"The body is not valid JSON (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}).")
        : GatewayError.InvalidRequest("The body is not valid JSON: a text in it is not valid Unicode.");

    public static void WriteNumber(IBufferWriter<byte> output, long value)
    {
        var target = output.GetSpan(20);
        value.TryFormat(target, out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>Writes a bound in the place of a number that is higher.</summary>
    /// <returns>False when the number is lower, or none; nothing is written then.</returns>
    public static bool TryWriteLower(IBufferWriter<byte> output, ReadOnlySpan<byte> number, long bound)
    {
        if (!Utf8Parser.TryParse(number, out long value, out var length)
            || length != number.Length || value <= bound)
        {
            return false;
        }

        WriteNumber(output, bound);
        return true;
    }

    public static void WriteString(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            Encoding.ASCII.GetBytes(text, output);
        }
        else
        {
            output.Write(JsonEncodedText.Encode(text).EncodedUtf8Bytes);
        }

        output.Write("\""u8);
    }
}
