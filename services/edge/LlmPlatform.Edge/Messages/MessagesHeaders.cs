namespace LlmPlatform.Edge.Messages;

/// <summary>The headers of Anthropic's protocol that concern callers.</summary>
internal static class MessagesHeaders
{
    /// <summary>What Anthropic's clients call the id of a request in an answer.</summary>
    public const string RequestId = "request-id";

    /// <summary>What a provider of the protocol is to have from the caller: which version, and which betas.</summary>
    public static IReadOnlyList<string> Passed { get; } = ["anthropic-version", "anthropic-beta"];
}
