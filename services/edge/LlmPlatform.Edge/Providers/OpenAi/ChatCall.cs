using System.Globalization;
using System.Net.Http.Headers;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>The HTTP request of a chat completion, as OpenAI and all that are compatible with it take it.</summary>
internal static class ChatCall
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly Uri SimulatedAddress = new("http://simulated.invalid/v1/");

    /// <summary>The provider sees the gateway's request id and the attempt: with them its own records can be matched to ours.</summary>
    public static HttpRequestMessage Create(
        RoutedProvider provider, ReadOnlyMemory<byte> body, Guid requestId, int attempt)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = Json;
        var request = new HttpRequestMessage(HttpMethod.Post, Address(provider)) { Content = content };
        request.Headers.TryAddWithoutValidation("X-Request-Id", requestId.ToString());
        request.Headers.TryAddWithoutValidation("X-Attempt", attempt.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    private static Uri Address(RoutedProvider provider)
    {
        var address = provider.BaseUrl ?? SimulatedAddress;
        return new Uri($"{address.AbsoluteUri.TrimEnd('/')}/chat/completions");
    }
}
