using LlmPlatform.Billing.Pricing;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Bus;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// From envelopes to rows: what cannot be billed goes to quarantine, the rest is rated and stored. Returns only when
/// all of it is kept somewhere, so that a message is acknowledged no earlier. Repeats, in whatever grouping, leave the
/// same rows.
/// </summary>
internal sealed partial class UsageIntake(
    UsageRater rater,
    UsageStore store,
    UsageQuarantine quarantine,
    IngestOptions options,
    TimeProvider clock,
    ILogger<UsageIntake> logger)
{
    /// <summary>Gathers envelopes, to store many at a time.</summary>
    public Gathering<UsageRecordedBatch> Gathering() =>
        new(options.BatchMessages, options.BatchTime, StoreAsync, clock);

    /// <summary>
    /// Stores what the envelopes hold. While a server is away it waits and tries again: that is no fault of the
    /// messages, and the queue holds the others meanwhile.
    /// </summary>
    /// <exception cref="ClickHouseException">The server refuses, and neither rows nor server explain it.</exception>
    public async Task StoreAsync(IReadOnlyCollection<UsageRecordedBatch> batches, CancellationToken cancellationToken)
    {
        var pause = options.AwayPauseMin;
        while (true)
        {
            try
            {
                await StoreOnceAsync(batches, cancellationToken);
                return;
            }
            catch (Exception fault) when (IsAway(fault))
            {
                Waiting(fault.Message, pause);
            }

            await Task.Delay(pause, clock, cancellationToken);
            pause = pause * 2 < options.AwayPauseMax ? pause * 2 : options.AwayPauseMax;
        }
    }

    private async Task StoreOnceAsync(
        IReadOnlyCollection<UsageRecordedBatch> batches, CancellationToken cancellationToken)
    {
        var sound = new List<ReceivedUsage>();
        foreach (var usage in batches.SelectMany(ReceivedUsage.Of))
        {
            if (UsageCheck.FaultOf(usage.Event) is { } reason)
            {
                await quarantine.KeepAsync(usage, reason, cancellationToken);
            }
            else
            {
                sound.Add(usage);
            }
        }

        await store.StoreAsync(await rater.RateAsync(sound, cancellationToken), batches, cancellationToken);
    }

    private static bool IsAway(Exception fault) => fault switch
    {
        ClickHouseException clickHouse => clickHouse.IsFaultOfTheServer,
        NpgsqlException postgres => postgres.IsTransient,
        PriceBookMissingException => true,
        _ => fault.InnerException is NpgsqlException { IsTransient: true },
    };

    [LoggerMessage(LogLevel.Warning, "Usage cannot be stored now and waits {Pause}: {Reason}")]
    private partial void Waiting(string reason, TimeSpan pause);
}
