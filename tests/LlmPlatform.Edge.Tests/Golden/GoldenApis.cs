using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Completions;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Responses;

namespace LlmPlatform.Edge.Tests.Golden;

/// <summary>The public APIs: a folder each under <c>requests/</c>. Add a line to make one golden.</summary>
internal static class GoldenApis
{
    public static IReadOnlyDictionary<string, GenerationApi> All { get; } = new Dictionary<string, GenerationApi>
    {
        ["chat"] = ChatApi.Instance,
        ["completions"] = CompletionsApi.Instance,
        ["messages"] = MessagesApi.Instance,
        ["responses"] = ResponsesApi.Instance,
    };
}
