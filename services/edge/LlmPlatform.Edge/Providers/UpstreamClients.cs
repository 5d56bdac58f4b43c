using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Edge.Providers.Http1;
using LlmPlatform.Edge.Providers.Simulated;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Providers;

/// <summary>
/// The adapters and HTTP clients of providers, one each, kept as long as what they stand on stays the same: connections
/// live on from call to call. A simulated provider is a handler like any other, so that its calls take the same path.
/// </summary>
internal sealed partial class UpstreamClients(
    PlatformEnvironment environment,
    UpstreamOptions options,
    ProviderAdapters adapters,
    TimeProvider clock,
    ILogger<UpstreamClients> logger)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, UpstreamClient> _clients = new(StringComparer.Ordinal);

    /// <summary>
    /// The client of a provider, or null when its credential cannot be decrypted, it has no address or its kind is not
    /// known here.
    /// </summary>
    public UpstreamClient? For(RoutedProvider provider)
    {
        if (_clients.TryGetValue(provider.Name, out var known) && known.Serves(provider))
        {
            return known;
        }

        return Create(provider);
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Invoker.Dispose();
        }
    }

    private UpstreamClient? Create(RoutedProvider provider)
    {
        lock (_clients)
        {
            if (_clients.TryGetValue(provider.Name, out var known) && known.Serves(provider))
            {
                return known;
            }

            if (!TryOpen(provider, out var credential, out var headers)
                || adapters.Create(provider, credential) is not { } adapter)
            {
                return null;
            }

            // A client replaced while calls run on it is left to them; the collector takes it when the last one ends.
            return _clients[provider.Name] = new UpstreamClient(
                provider, adapter, new HttpMessageInvoker(HandlerOf(provider)), headers);
        }
    }

    private bool TryOpen(
        RoutedProvider provider, out Secret? credential, out IReadOnlyDictionary<string, string> headers)
    {
        credential = null;
        headers = new Dictionary<string, string>();
        try
        {
            var cipher = environment.Credentials!;
            if (provider.EncryptedApiKey is { } key)
            {
                credential = new Secret(cipher.Decrypt(key, RoutingSnapshots.CredentialOf(provider.Name)));
            }

            if (provider.EncryptedHeaders is { } encrypted)
            {
                var text = cipher.Decrypt(encrypted, RoutingSnapshots.HeadersOf(provider.Name));
                headers = JsonSerializer.Deserialize<Dictionary<string, string>>(text)!;
            }

            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            CredentialUnreadable(provider.Name);
            return false;
        }
    }

    private HttpMessageHandler HandlerOf(RoutedProvider provider) => provider switch
    {
        { Kind: "simulated" } => new SimulatedHandler(options, clock),
        _ => new Http1Handler(options, clock, new SocketsHttpHandler
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
        }),
    };

    [LoggerMessage(LogLevel.Error,
        "The credential of provider {Provider} cannot be decrypted with LLM_PLATFORM_ENCRYPTION_KEY; it is not called")]
    private partial void CredentialUnreadable(string provider);
}
