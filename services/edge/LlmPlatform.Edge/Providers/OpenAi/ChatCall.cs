using System.Globalization;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>The HTTP request of a chat completion, as OpenAI and all that are compatible with it take it.</summary>
internal static class ChatCall
{
    private static readonly Uri SimulatedAddress = new("http://simulated.invalid/v1/");

    /// <summary>
    /// The provider sees the gateway's request id and the attempt: with them its own records can be matched to ours.
    /// </summary>
    public static HttpRequestMessage Create(
        RoutedProvider provider, RequestContent content, Guid requestId, int attempt)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address(provider)) { Content = content };
        request.Headers.TryAddWithoutValidation("X-Request-Id", requestId.ToString());
        request.Headers.TryAddWithoutValidation("X-Attempt", attempt.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    /// <summary>
    /// OpenAI's own models of today refuse <c>max_tokens</c>; what is only compatible may know nothing else.
    /// </summary>
    public static bool UsesMaxCompletionTokens(RoutedProvider provider) => provider.Kind is "openai" or "azure_openai";

    private static Uri Address(RoutedProvider provider)
    {
        var address = provider.BaseUrl ?? SimulatedAddress;
        return new Uri($"{address.AbsoluteUri.TrimEnd('/')}/chat/completions");
    }
}
