using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Turns holds into spending, from the spool and unawaited by any request, bus or no bus. Settling is idempotent, so
/// what Redis may have lost is simply settled again: the last minutes, at start and whenever Redis has been away.
/// </summary>
internal sealed partial class HoldSettler : SpoolConsumer
{
    private readonly UsageSpool _spool;
    private readonly SettleHold _settle;
    private readonly HoldSettlerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SpoolCursor _cursor;
    private int _wasAway;

    /// <param name="spool">Where usage is read from.</param>
    /// <param name="settle">Settles one record.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Hears when the store is away, and when it is back.</param>
    public HoldSettler(
        UsageSpool spool,
        SettleHold settle,
        HoldSettlerOptions options,
        TimeProvider clock,
        ILogger<HoldSettler> logger)
        : base(clock, logger)
    {
        (_spool, _settle, _options, _clock, _logger) = (spool, settle, options, clock, logger);
        _cursor = spool.Money.Consumers.Single(consumer => consumer.Name == UsageSpool.HoldSettlerName);
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => KeepRunningAsync(RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var reader = new SpoolReader(_spool.Money, SpoolRecordType.Usage, _cursor.State);
        var since = Rewind(reader);
        while (true)
        {
            var round = Collect(reader, since);
            var reached = reader.Reached;
            if (!await SettleAsync(round, cancellationToken))
            {
                return;
            }

            // While it repeats what it has settled before, the cursor stays where it was.
            if (reached.Position > _cursor.State.Position)
            {
                _cursor.State = reached;
            }

            if (round.Count > 0 && Interlocked.Exchange(ref _wasAway, 0) == 1)
            {
                LogBack(_options.Replay);
                since = Rewind(reader);
            }
            else if (round.Count == 0 && !await WaitAsync(reader, cancellationToken))
            {
                return;
            }
        }
    }

    private DateTimeOffset Rewind(SpoolReader reader)
    {
        var since = _clock.GetUtcNow() - _options.Replay;
        var oldest = _spool.Money.Segments.FirstOrDefault(segment => segment.LastAppendAt >= since);
        if (oldest is not null && oldest.Start < reader.Reached.Position)
        {
            reader.Seek(oldest.Start);
        }

        return since;
    }

    private List<UsageRecorded> Collect(SpoolReader reader, DateTimeOffset since)
    {
        var round = new List<UsageRecorded>();
        for (var read = 0; read < _options.MaxRound && reader.TryRead(out var entry); read++)
        {
            var usage = JsonSerializer.Deserialize(entry.Payload.Span, SpoolJson.Default.UsageRecorded)!;
            var isRepeat = reader.Reached.Position <= _cursor.State.Position;
            if (!isRepeat || usage.RecordedAt >= since)
            {
                round.Add(usage);
            }
        }

        return round;
    }

    private async Task<bool> WaitAsync(SpoolReader reader, CancellationToken cancellationToken)
    {
        if (!Draining.IsCancellationRequested)
        {
            await reader.WaitAsync(Draining).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }

        if (reader.IsAtEnd)
        {
            return false;
        }

        await reader.WaitAsync(cancellationToken);
        return true;
    }

    private async Task<bool> SettleAsync(List<UsageRecorded> round, CancellationToken cancellationToken)
    {
        var isSettled = true;
        var few = new ParallelOptions
        {
            MaxDegreeOfParallelism = _options.MaxInFlight,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(
            round,
            few,
            async (usage, token) =>
            {
                if (!await TrySettleAsync(usage, token))
                {
                    Volatile.Write(ref isSettled, false);
                }
            });
        return isSettled;
    }

    private async ValueTask<bool> TrySettleAsync(UsageRecorded usage, CancellationToken cancellationToken)
    {
        Pause? pause = null;
        while (true)
        {
            try
            {
                await _settle(usage, cancellationToken);
                return true;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                if (Interlocked.Exchange(ref _wasAway, 1) == 0)
                {
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
        Message = "Holds are settled again, those of the last {Replay} once more.")]
    private partial void LogBack(TimeSpan replay);
}
