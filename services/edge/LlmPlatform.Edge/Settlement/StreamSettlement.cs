using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Settles one stream as it goes: its progress for the estimate after a crash, its usage before its end.
/// </summary>
internal sealed class StreamSettlement(
    AttemptSettlement settlement, GatewayCall call, OpenAttempt open, UpstreamAttempt upstream, StreamPassage passage)
    : IStreamObserver
{
    /// <inheritdoc />
    public void OnFirstContent() => call.TimeToFirstToken = call.Elapsed;

    /// <inheritdoc />
    public void OnProgress()
    {
        var tokens = settlement.Counted(open, passage);
        open.OutputTokensSoFar = tokens;
        if (call.Growing is { } hold && !hold.GoesOn(tokens))
        {
            upstream.Cut();
        }
    }

    /// <inheritdoc />
    public ValueTask SettleAsync() => settlement.CloseStreamedAsync(call, open, upstream, passage, error: null);
}
