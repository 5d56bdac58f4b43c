using System.Globalization;
using LlmPlatform.Edge.ChatCompletions;

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
    public static string Response(string requestId) => OpenAiIds.For($"resp_{Mark}", requestId);

    /// <summary>Of an item of it.</summary>
    /// <param name="kind">How the protocol begins the ids of such items: <c>msg</c>, <c>rs</c>, <c>fc</c>.</param>
    /// <param name="requestId">The gateway's id of the request.</param>
    /// <param name="index">Its place in the output.</param>
    public static string Item(string kind, string requestId, int index) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{OpenAiIds.For($"{kind}_{Mark}", requestId)}_{index}");

    /// <summary>Whether a response was a translated one.</summary>
    public static bool IsResponse(string id) => id.StartsWith($"resp_{Mark}", StringComparison.Ordinal);

    /// <summary>Whether reasoning came with a translated response.</summary>
    public static bool IsReasoning(ReadOnlySpan<byte> id) => id.StartsWith("rs_unstored_"u8);
}
