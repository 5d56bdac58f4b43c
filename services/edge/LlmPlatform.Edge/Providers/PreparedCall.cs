using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Providers;

/// <summary>A call that is ready to be sent to one provider, and nothing of it has been sent.</summary>
/// <param name="Client">Who it is sent to.</param>
/// <param name="Exchange">How it is spoken.</param>
/// <param name="Body">The provider's request; given back once it has been sent.</param>
internal sealed record PreparedCall(UpstreamClient Client, Exchange Exchange, PooledBuffer Body) : IDisposable
{
    private bool _isGivenBack;

    /// <summary>The words it is spoken in.</summary>
    public ProviderAdapter Adapter => Exchange.Target.Adapter;

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_isGivenBack)
        {
            _isGivenBack = true;
            Body.Dispose();
        }
    }
}
