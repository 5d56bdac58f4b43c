using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using LlmPlatform.Edge.Providers.Simulated;
using LlmPlatform.Hosting;
using LlmPlatform.Router.Client;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Providers;

/// <summary>
/// The HTTP clients of providers, one each, kept as long as address and credential stay the same: connections live on
/// from call to call. A simulated provider is a handler like any other, so that its calls take the same path.
/// </summary>
internal sealed partial class UpstreamClients(
    PlatformEnvironment environment, UpstreamOptions options, TimeProvider clock, ILogger<UpstreamClients> logger)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, Client> _clients = new(StringComparer.Ordinal);

    /// <summary>
    /// The client of a provider, or null when its credential cannot be decrypted or it has no address.
    /// </summary>
    public HttpMessageInvoker? For(RoutedProvider provider)
    {
        if (_clients.TryGetValue(provider.Name, out var known) && known.Serves(provider))
        {
            return known.Invoker;
        }

        return Create(provider)?.Invoker;
    }

    private Client? Create(RoutedProvider provider)
    {
        lock (_clients)
        {
            if (_clients.TryGetValue(provider.Name, out var known) && known.Serves(provider))
            {
                return known;
            }

            if (ApiKeyOf(provider) is not { } credential || HandlerOf(provider) is not { } handler)
            {
                return null;
            }

            // A client replaced while calls run on it is left to them; the collector takes it when the last one ends.
            var authorized = new AuthorizedHandler(handler, credential.Key);
            return _clients[provider.Name] =
                new Client(
                    provider.Kind, provider.BaseUrl, provider.EncryptedApiKey, new HttpMessageInvoker(authorized));
        }
    }

    private (string? Key, bool Known)? ApiKeyOf(RoutedProvider provider)
    {
        if (provider.EncryptedApiKey is not { } encrypted)
        {
            return (null, true);
        }

        try
        {
            return (environment.Credentials!.Decrypt(encrypted, $"provider:{provider.Name}"), true);
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            CredentialUnreadable(provider.Name);
            return null;
        }
    }

    private HttpMessageHandler? HandlerOf(RoutedProvider provider) => provider switch
    {
        { Kind: "simulated" } => new SimulatedHandler(options, clock),
        { BaseUrl: null } => null,
        _ => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = options.UseProxy,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnectionsPerProvider,
            PooledConnectionLifetime = options.ConnectionLifetime,
            PooledConnectionIdleTimeout = options.ConnectionIdleTimeout,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
        },
    };

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Invoker.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Error,
        "The credential of provider {Provider} cannot be decrypted with LLM_PLATFORM_ENCRYPTION_KEY; it is not called")]
    private partial void CredentialUnreadable(string provider);

    private sealed record Client(string Kind, Uri? BaseUrl, string? EncryptedApiKey, HttpMessageInvoker Invoker)
    {
        public bool Serves(RoutedProvider provider) =>
            Kind == provider.Kind && BaseUrl == provider.BaseUrl && EncryptedApiKey == provider.EncryptedApiKey;
    }

    private sealed class AuthorizedHandler(HttpMessageHandler inner, string? apiKey) : DelegatingHandler(inner)
    {
        private readonly AuthenticationHeaderValue? _authorization =
            apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = _authorization;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
