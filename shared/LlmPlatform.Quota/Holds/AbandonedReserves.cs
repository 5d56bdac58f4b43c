using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Quota;

/// <summary>
/// Undoes reserves whose outcome is unknown, and frees holds that could not be freed. What cannot be undone within a
/// lease, or does not fit the queue, is left to the lease: this only gives the money back sooner.
/// </summary>
internal sealed partial class AbandonedReserves : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly Channel<(Guid RequestId, long Since)> _waiting;
    private readonly Func<Guid, CancellationToken, ValueTask<long>> _release;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;

    internal AbandonedReserves(
        HoldOptions options, TimeProvider clock, ILogger logger, Func<Guid, CancellationToken, ValueTask<long>> release)
    {
        _release = release;
        _lease = options.Lease;
        _clock = clock;
        _logger = logger;
        _waiting = Channel.CreateBounded<(Guid, long)>(
            new BoundedChannelOptions(options.PendingReleasesMax) { SingleReader = true });

        // The loop outlives the call, or request, that happens to make the ledger.
        using (ExecutionContext.SuppressFlow())
            _running = Task.Run(RunAsync);
    }

    internal void Add(Guid requestId)
    {
        if (!_waiting.Writer.TryWrite((requestId, _clock.GetTimestamp())))
            LeftToLease(requestId);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var (requestId, since) in _waiting.Reader.ReadAllAsync(_closing.Token))
                await UndoAsync(requestId, since);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Closing; the leases free the rest.
        }
    }

    private async Task UndoAsync(Guid requestId, long since)
    {
        while (true)
        {
            try
            {
                await _release(requestId, _closing.Token);
                return;
            }
            catch (QuotaUnavailableException)
            {
                if (_clock.GetElapsedTime(since) >= _lease)
                {
                    LeftToLease(requestId);
                    return;
                }
            }

            await Task.Delay(RetryDelay, _clock, _closing.Token);
        }
    }

    [LoggerMessage(
        LogLevel.Warning, "What request {RequestId} may hold could not be freed and is left to its lease")]
    private partial void LeftToLease(Guid requestId);
}
