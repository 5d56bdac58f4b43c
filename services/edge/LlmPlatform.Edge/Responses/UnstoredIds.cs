using System.Buffers.Binary;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// The ids of what a translated response consists of. Its provider keeps nothing under them, and they say so: a request
/// that names one as its predecessor is told what to do, and reasoning under one is not sent to a provider that would
/// look for it.
/// </summary>
internal static class UnstoredIds
{
    private const string Mark = "unstored_";

    /// <summary>Of the response.</summary>
    /// <param name="requestId">The gateway's id of the request.</param>
    public static string Response(string requestId) => $"resp_{Mark}{Digits(requestId)}";

    /// <summary>Of an item of it.</summary>
    /// <param name="kind">How the protocol begins the ids of such items: <c>msg</c>, <c>rs</c>, <c>fc</c>.</param>
    /// <param name="requestId">The gateway's id of the request.</param>
    /// <param name="index">Its place in the output.</param>
    public static string Item(string kind, string requestId, int index) =>
        FormattableString.Invariant($"{kind}_{Mark}{Digits(requestId)}_{index}");

    /// <summary>Whether a response was a translated one.</summary>
    public static bool IsResponse(string id) => id.StartsWith($"resp_{Mark}", StringComparison.Ordinal);

    /// <summary>Whether reasoning came with a translated response.</summary>
    public static bool IsReasoning(ReadOnlySpan<byte> id) => id.StartsWith("rs_unstored_"u8);

    /// <summary>
    /// The seconds since 1970 at which the request came: its id begins with them, in milliseconds (RFC 9562, 5.7).
    /// </summary>
    public static long SecondsOf(string requestId)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.Parse(requestId).TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16) / 1000;
    }

    private static string Digits(string requestId) => requestId.Replace("-", "", StringComparison.Ordinal);
}
