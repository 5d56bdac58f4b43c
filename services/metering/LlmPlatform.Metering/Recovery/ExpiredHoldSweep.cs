using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Messaging;
using LlmPlatform.Quota;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Metering.Recovery;

/// <summary>
/// Frees what requests hold whose edge no longer renews their lease. Replicas may sweep at once: the script gives each
/// hold to one of them.
/// </summary>
internal sealed partial class ExpiredHoldSweep(
    RedisClient redis,
    HoldLedger holds,
    MeteringTelemetry telemetry,
    RecoveryOptions options,
    HoldOptions holdOptions,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<ExpiredHoldSweep> logger) : BackgroundService
{
    // Null: Redis has not answered since it was away, or since the start, before which it may have been away.
    private long? _backSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, clock);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
    }

    /// <summary>Frees what is due, unless the edges may not have had the time to renew.</summary>
    /// <returns>How many holds were freed.</returns>
    public async Task<int> TurnAsync(CancellationToken cancellationToken)
    {
        if (_backSince is not { } since)
        {
            await redis.PingAsync(cancellationToken);
            _backSince = clock.GetTimestamp();
            return 0;
        }

        // While Redis was away no edge could renew: one lease after its return whoever is alive has.
        if (clock.GetElapsedTime(since) < holdOptions.Lease)
        {
            await redis.PingAsync(cancellationToken);
            return 0;
        }

        var total = 0;
        IReadOnlyList<ExpiredHold> freed;
        do
        {
            freed = await holds.ExpireDueAsync(options.BatchSize, cancellationToken);
            total += freed.Count;
            foreach (var hold in freed)
                Freed(hold.RequestId, hold.FreedNanoUsd);
            await TellAsync(freed, cancellationToken);
        }
        while (freed.Count == options.BatchSize);
        telemetry.Expired(total);
        return total;
    }

    // Where usage of them never comes, a provider may have been paid for what nobody is billed for.
    private async Task TellAsync(IReadOnlyList<ExpiredHold> freed, CancellationToken cancellationToken)
    {
        if (freed.Count == 0)
            return;
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IOutbox<MeteringDbContext>>().Add(new HoldsExpired
        {
            ExpiredAt = clock.GetUtcNow(),
            Holds =
            [
                .. freed.Select(hold => new HoldsExpired.ExpiredHold
                {
                    RequestId = hold.RequestId,
                    FreedNanoUsd = hold.FreedNanoUsd,
                }),
            ],
        });
        await scope.ServiceProvider.GetRequiredService<MeteringDbContext>().SaveChangesAsync(cancellationToken);
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await TurnAsync(stoppingToken);
        }
        catch (Exception fault)
            when (fault is QuotaUnavailableException or RedisUnavailableException or RedisServerException)
        {
            if (_backSince is not null)
                Away();
            _backSince = null;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            Failed(fault);
        }
    }

    [LoggerMessage(LogLevel.Information, "The hold of request {RequestId} expired and freed {FreedNanoUsd} nano-USD")]
    private partial void Freed(Guid requestId, long freedNanoUsd);

    [LoggerMessage(LogLevel.Warning, "Redis does not answer: no hold expires until one lease after its return")]
    private partial void Away();

    [LoggerMessage(LogLevel.Error, "Expired holds cannot be freed; trying again")]
    private partial void Failed(Exception fault);
}
