using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>
/// Opens the access tokens of service accounts, one source for each provider, over connections they share.
/// </summary>
internal sealed class VertexTokens(
    VertexOptions options, UpstreamOptions upstream, TimeProvider clock, ILogger<TokenExchange> logger) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = upstream.UseProxy,
        ConnectTimeout = upstream.ConnectTimeout,
        PooledConnectionLifetime = upstream.ConnectionLifetime,
        ActivityHeadersPropagator = null,
    });

    /// <summary>The tokens of a provider's service account. One that cannot be read has none, and says why.</summary>
    public AccessTokens Open(RoutedProvider provider, Secret? keyFile) =>
        new(new TokenExchange(provider.Name, keyFile, _http, options, clock, logger), options, clock);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();
}
