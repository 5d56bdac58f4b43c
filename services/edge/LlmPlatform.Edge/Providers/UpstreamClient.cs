using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>How one provider is reached and spoken to.</summary>
/// <param name="provider">The provider as it was when this was made.</param>
/// <param name="adapter">Its words.</param>
/// <param name="invoker">Its connections.</param>
/// <param name="headers">What the configuration adds to every request.</param>
internal sealed class UpstreamClient(
    RoutedProvider provider,
    ProviderAdapter adapter,
    HttpMessageInvoker invoker,
    IReadOnlyDictionary<string, string> headers)
{
    // The same provider as the latest snapshot has it: compared once a snapshot, not once a call.
    private RoutedProvider _seen = provider;

    /// <summary>Its words.</summary>
    public ProviderAdapter Adapter { get; } = adapter;

    /// <summary>Its connections.</summary>
    public HttpMessageInvoker Invoker { get; } = invoker;

    /// <summary>What the configuration adds to every request.</summary>
    public KeyValuePair<string, string>[] Headers { get; } = [.. headers];

    /// <summary>
    /// Whether it is good for what a later snapshot says of the provider. Health makes no difference.
    /// </summary>
    public bool Serves(RoutedProvider now)
    {
        var seen = Volatile.Read(ref _seen);
        if (ReferenceEquals(seen, now))
        {
            return true;
        }

        if (seen != now with { Up = seen.Up })
        {
            return false;
        }

        Volatile.Write(ref _seen, now);
        return true;
    }
}
