using System.Collections.Concurrent;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Every admitted call that has not ended, draining ones included: their leases are renewed, their output noted.
/// </summary>
internal sealed class CallsUnderway
{
    private readonly ConcurrentDictionary<Guid, GatewayCall> _calls = new();

    public int Count => _calls.Count;

    public IEnumerable<GatewayCall> All => _calls.Values;

    /// <summary>Counts a call in until what is returned is disposed of.</summary>
    public Entry Add(GatewayCall call)
    {
        _calls[call.RequestId] = call;
        return new Entry(this, call.RequestId);
    }

    /// <summary>A call that is counted in.</summary>
    public readonly struct Entry(CallsUnderway calls, Guid requestId) : IDisposable
    {
        public void Dispose() => calls._calls.TryRemove(requestId, out _);
    }
}
