using System.Buffers.Binary;
using System.Text;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>
/// Writes AWS event streams, with a checksum of its own making: bit by bit, as the standard defines it.
/// </summary>
internal static class AwsEvents
{
    private const byte TextType = 7;

    /// <summary>An event with a JSON payload.</summary>
    public static byte[] Event(string name, string payload) => Message(
        Header(":event-type", name) + Header(":content-type", "application/json") + Header(":message-type", "event"),
        payload);

    /// <summary>An exception that the service has modelled.</summary>
    public static byte[] Exception(string name, string payload) => Message(
        Header(":exception-type", name) + Header(":content-type", "application/json")
            + Header(":message-type", "exception"),
        payload);

    /// <summary>An error that it has not.</summary>
    public static byte[] Error(string code, string message) => Message(
        Header(":error-code", code) + Header(":error-message", message) + Header(":message-type", "error"), "");

    /// <summary>
    /// A stream of what a text says of it, in the manner of server-sent events: <c>event:</c> or <c>exception:</c> with
    /// the name, <c>data:</c> with the payload, an empty line.
    /// </summary>
    public static byte[] Encode(string text) =>
    [
        .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(said =>
            {
                var lines = said.Split('\n');
                var name = lines[0].Split(": ")[1];
                var payload = lines[1]["data: ".Length..];
                return lines[0].StartsWith("exception", StringComparison.Ordinal)
                    ? Exception(name, payload)
                    : Event(name, payload);
            }),
    ];

    /// <summary>A header whose value is a text; Latin-1, so that a character is a byte.</summary>
    public static string Header(string name, string value) =>
        $"{(char)name.Length}{name}{(char)TextType}{(char)(value.Length >> 8)}{(char)(value.Length & 0xFF)}{value}";

    /// <summary>A message around headers as they are.</summary>
    public static byte[] Message(string headers, string payload) =>
        Message(Encoding.Latin1.GetBytes(headers), Encoding.UTF8.GetBytes(payload));

    public static byte[] Message(byte[] headers, byte[] payload)
    {
        var message = new byte[16 + headers.Length + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), headers.Length);
        return Sealed(message, headers, payload);
    }

    /// <summary>A message that says other lengths than it has; its checksums are right.</summary>
    public static byte[] Lying(uint length, uint headersLength)
    {
        var message = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(message, length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), headersLength);
        return Sealed(message, [], []);
    }

    private static byte[] Sealed(byte[] message, byte[] headers, byte[] payload)
    {
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Checksum(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        payload.CopyTo(message, 12 + headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Checksum(message.AsSpan()[..^4]));
        return message;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var isOdd = ((crc ^ (uint)(value >> bit)) & 1) != 0;
                crc = isOdd ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
