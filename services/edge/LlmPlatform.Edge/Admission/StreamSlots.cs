using System.Collections.Concurrent;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// How many streams each key has open at this edge: one that opens them without reading them must not take the
/// connections of all others.
/// </summary>
internal sealed class StreamSlots(EdgeOptions options)
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Takes a place for a call that is to be streamed; given back with the call.</summary>
    public GatewayError? Take(GatewayCall call)
    {
        if (!call.Request!.Stream)
        {
            return null;
        }

        var caller = call.Caller!;
        call.StreamSlot = new Slot(this, caller.KeyId);
        return _open.AddOrUpdate(caller.KeyId, 1, (_, open) => open + 1) <= options.MaxStreamsPerKey
            ? null
            : GatewayError.TooManyStreams(caller.KeyName, options.MaxStreamsPerKey);
    }

    private void Free(string keyId)
    {
        if (_open.AddOrUpdate(keyId, 0, (_, open) => open - 1) == 0)
        {
            // Taken out only while it is nought: who has come in meanwhile stays counted.
            _open.TryRemove(new KeyValuePair<string, int>(keyId, 0));
        }
    }

    private sealed class Slot(StreamSlots slots, string keyId) : IDisposable
    {
        public void Dispose() => slots.Free(keyId);
    }
}
