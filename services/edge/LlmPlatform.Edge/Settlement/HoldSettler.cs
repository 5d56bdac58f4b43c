using System.Runtime.InteropServices;
using LlmPlatform.Quota;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Turns holds into spending, from the spool and unawaited by any request, bus or no bus. Settling is idempotent, so
/// what Redis may have lost is simply settled again: the last minutes, at start and whenever Redis has been away.
/// </summary>
internal sealed partial class HoldSettler : SpoolConsumer
{
    private readonly UsageSpool _spool;
    private readonly SettleHolds _settle;
    private readonly HoldSettlerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SpoolCursor _cursor;
    private readonly UsageSettlement[] _batch;
    private bool _wasAway;
    private int _mustRepeatAll;
    private CancellationTokenSource _repeatAsked = new();

    /// <param name="spool">Where usage is read from.</param>
    /// <param name="settle">Settles a few records.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Hears when the store is away, and when it is back.</param>
    public HoldSettler(
        UsageSpool spool,
        SettleHolds settle,
        HoldSettlerOptions options,
        TimeProvider clock,
        ILogger<HoldSettler> logger)
        : base(clock, logger)
    {
        (_spool, _settle, _options, _clock, _logger) = (spool, settle, options, clock, logger);
        _cursor = spool.Money.Consumers.Single(consumer => consumer.Name == UsageSpool.HoldSettlerName);
        _batch = new UsageSettlement[options.MaxBatch];
    }

    /// <summary>
    /// Settles all that the spool still has once more: the counters were made anew from what billing had by then.
    /// </summary>
    public void RepeatAll()
    {
        Volatile.Write(ref _mustRepeatAll, 1);
        Volatile.Read(ref _repeatAsked).Cancel();
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _repeatAsked.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => KeepRunningAsync(RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var unsettled = new UnsettledUsage(_spool.Money, _cursor);
        unsettled.Rewind(_clock.GetUtcNow() - _options.Replay);
        var round = new List<UsageSettlement>(_options.MaxRound);
        while (true)
        {
            if (Interlocked.Exchange(ref _mustRepeatAll, 0) == 1)
            {
                // Not disposed of: who asked may still be about to cancel it.
                Interlocked.Exchange(ref _repeatAsked, new CancellationTokenSource());
                unsettled.RewindToOldest();
                LogRepeating();
            }

            round.Clear();
            unsettled.Collect(round, _options.MaxRound);
            var reached = unsettled.Reached;
            if (!await SettleAsync(round, cancellationToken))
            {
                return;
            }

            // While it repeats what it has settled before, the cursor stays where it was.
            if (reached.Position > _cursor.State.Position)
            {
                _cursor.State = reached;
            }

            if (round.Count > 0 && _wasAway)
            {
                _wasAway = false;
                LogBack(_options.Replay);
                unsettled.Rewind(_clock.GetUtcNow() - _options.Replay);
            }
            else if (round.Count == 0 && !await WaitAsync(unsettled, cancellationToken))
            {
                return;
            }
        }
    }

    private async Task<bool> WaitAsync(UnsettledUsage unsettled, CancellationToken cancellationToken)
    {
        if (!Draining.IsCancellationRequested)
        {
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(Draining, _repeatAsked.Token);
            await unsettled.WaitAsync(woken.Token).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }

        if (unsettled.IsAtEnd)
        {
            return false;
        }

        await unsettled.WaitAsync(cancellationToken);
        return true;
    }

    // One batch after the other: between two of them Redis answers those who wait to be admitted.
    private async Task<bool> SettleAsync(List<UsageSettlement> round, CancellationToken cancellationToken)
    {
        for (var from = 0; from < round.Count; from += _batch.Length)
        {
            var count = Math.Min(_batch.Length, round.Count - from);
            CollectionsMarshal.AsSpan(round).Slice(from, count).CopyTo(_batch);
            if (!await TrySettleAsync(_batch.AsMemory(0, count), cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> TrySettleAsync(
        ReadOnlyMemory<UsageSettlement> batch, CancellationToken cancellationToken)
    {
        Pause? pause = null;
        while (true)
        {
            try
            {
                await _settle(batch, cancellationToken);
                return true;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                if (!_wasAway)
                {
                    _wasAway = true;
                    LogAway(failure);
                }
            }

            if (Draining.IsCancellationRequested)
            {
                return false;
            }

            pause ??= new Pause(_options.RetryAfter, _options.RetryAtMost, _clock);
            await pause.NextAsync(Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Holds cannot be settled; they wait in the spool and are tried again.")]
    private partial void LogAway(Exception failure);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The counters were made anew; all usage the spool has is settled once more.")]
    private partial void LogRepeating();

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Holds are settled again, those of the last {Replay} once more.")]
    private partial void LogBack(TimeSpan replay);
}
