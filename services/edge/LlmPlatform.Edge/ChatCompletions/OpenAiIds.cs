namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>Ids and times of answers whose provider gives none: both are in the gateway's id of the request.</summary>
internal static class OpenAiIds
{
    /// <summary>An id of the kind OpenAI makes, for example <c>chatcmpl-0199…</c>.</summary>
    public static string For(string prefix, string requestId) =>
        prefix + requestId.Replace("-", "", StringComparison.Ordinal);

    /// <summary>
    /// The seconds since 1970 at which the request came: its id begins with them, in milliseconds (RFC 9562, 5.7).
    /// </summary>
    public static long SecondsOf(string requestId)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.Parse(requestId).TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = 0L;
        foreach (var part in bytes[..6])
        {
            milliseconds = (milliseconds << 8) | part;
        }

        return milliseconds / 1000;
    }
}
