using System.Globalization;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>
/// Makes the counters of an emptied Redis anew from the ledger. Everything is written absolutely, so that a repeat, by
/// whichever replica, leaves the same; and until the generation is written, last, nobody uses any of it.
/// </summary>
public sealed class CounterSeeds(RedisClient redis, HoldOptions options)
{
    private const int Batch = 500;

    /// <summary>Of which generation the counters are; 0: they were never seeded, or Redis has been emptied.</summary>
    /// <exception cref="QuotaUnavailableException">Redis is away.</exception>
    public async ValueTask<long> ReadGenerationAsync(CancellationToken cancellationToken = default)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.Generation);
        var reply = await QuotaAnswer.OfAsync(redis.ExecuteAsync("GET", arguments, null, cancellationToken));
        return reply.IsNil ? 0 : reply.AsInt64();
    }

    /// <summary>Writes a seed, and then that the counters are of a generation.</summary>
    /// <exception cref="QuotaUnavailableException">Redis is away; write it again.</exception>
    public async ValueTask WriteAsync(CounterSeed seed, long generation, CancellationToken cancellationToken = default)
    {
        foreach (var batch in seed.Periods.Chunk(Batch))
            await WriteAsync(batch, cancellationToken);
        foreach (var counted in seed.Events)
            await WriteAsync(counted, cancellationToken);
        foreach (var batch in seed.Through.Chunk(Batch))
            await WriteAsync(batch, cancellationToken);
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.Generation).Argument(generation);
        await QuotaAnswer.OfAsync(redis.ExecuteAsync("SET", arguments, null, cancellationToken));
    }

    private async ValueTask WriteAsync(SeededPeriod[] periods, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        foreach (var period in periods)
            arguments.Key(QuotaKeys.Budget(period.BudgetId, period.PeriodId));
        foreach (var period in periods)
            arguments.Argument(period.SpentNanoUsd).Argument((long)AdmissionScript.CounterRetention.TotalMilliseconds);
        await QuotaAnswer.OfAsync(redis.EvaluateAsync(QuotaScripts.Seed, arguments, null, cancellationToken));
    }

    private async ValueTask WriteAsync(SeededEvent counted, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        arguments.MarkerKey(counted.EventId)
            .Argument(string.Create(CultureInfo.InvariantCulture, $"{counted.Version}:{counted.CostNanoUsd}"))
            .Argument("PX")
            .Argument((long)options.MarkerTtl.TotalMilliseconds);
        await QuotaAnswer.OfAsync(redis.ExecuteAsync("SET", arguments, null, cancellationToken));
    }

    // Needed for as long as usage from before the seed may be settled: later it is too old for a settle anyway.
    private async ValueTask WriteAsync(UsageOrigin[] through, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.Seed);
        foreach (var spool in through)
            arguments.SpoolField(spool).Argument(spool.Sequence);
        await QuotaAnswer.OfAsync(redis.ExecuteAsync("HSET", arguments, null, cancellationToken));
        using var expiry = RedisArguments.Rent();
        expiry.Key(QuotaKeys.Seed).Argument((long)options.MarkerTtl.TotalMilliseconds);
        await QuotaAnswer.OfAsync(redis.ExecuteAsync("PEXPIRE", expiry, null, cancellationToken));
    }
}
