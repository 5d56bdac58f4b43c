using System.Globalization;
using System.Text;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>
/// Makes the counters of Redis anew from the ledger, those of one that was emptied above all. Everything is written
/// absolutely, so that a repeat, by whichever replica, leaves the same; and until the generation is written, last,
/// nobody uses any of it.
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

    /// <summary>
    /// Puts a seed in the place of whatever is there: counters, and what says which usage they hold. Holds stay.
    /// Nobody uses the counters meanwhile, and what a crash leaves half done is as good as emptied.
    /// </summary>
    /// <returns>How many counters had said something else.</returns>
    /// <exception cref="QuotaUnavailableException">Redis is away; replace again.</exception>
    public async ValueTask<int> ReplaceAsync(
        CounterSeed seed, long generation, CancellationToken cancellationToken = default)
    {
        await DeleteAsync([QuotaKeys.Generation.ToArray(), QuotaKeys.Seed.ToArray()], cancellationToken);
        await ForEachAsync(
            QuotaKeys.MarkerPrefix.ToArray(), keys => DeleteAsync(keys, cancellationToken), cancellationToken);
        var spent = new Dictionary<string, long>();
        await ForEachAsync(
            QuotaKeys.BudgetPrefix.ToArray(), keys => ForgetAsync(keys, spent, cancellationToken), cancellationToken);
        await WriteAsync(seed, generation, cancellationToken);

        var differing = 0;
        foreach (var period in seed.Periods)
        {
            spent.Remove(Encoding.UTF8.GetString(QuotaKeys.Budget(period.BudgetId, period.PeriodId)), out var before);
            differing += before == period.Spent ? 0 : 1;
        }

        return differing + spent.Values.Count(before => before != 0);
    }

    private async ValueTask ForgetAsync(
        byte[][] counters, Dictionary<string, long> spent, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        foreach (var counter in counters)
            arguments.Key(counter);
        var reply = await QuotaAnswer.OfAsync(
            redis.EvaluateAsync(QuotaScripts.Forget, arguments, null, cancellationToken));

        // A scan may give a key twice: what it had the first time counts.
        for (var i = 0; i < counters.Length; i++)
            spent.TryAdd(Encoding.UTF8.GetString(counters[i]), reply.Items[i].AsInt64());
    }

    private async ValueTask DeleteAsync(byte[][] keys, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        foreach (var key in keys)
            arguments.Key(key);
        await QuotaAnswer.OfAsync(redis.ExecuteAsync("UNLINK", arguments, null, cancellationToken));
    }

    private async ValueTask ForEachAsync(
        byte[] prefix, Func<byte[][], ValueTask> work, CancellationToken cancellationToken)
    {
        var cursor = "0";
        do
        {
            using var arguments = RedisArguments.Rent();
            arguments.Argument(cursor).Argument("MATCH").Argument([.. prefix, (byte)'*'])
                .Argument("COUNT").Argument(Batch);
            var reply = await QuotaAnswer.OfAsync(redis.ExecuteAsync("SCAN", arguments, null, cancellationToken));
            cursor = reply.Items[0].AsString()!;
            if (KeysOf(reply.Items[1]) is { Length: > 0 } keys)
                await work(keys);
        }
        while (cursor != "0");
    }

    private static byte[][] KeysOf(RedisReply reply)
    {
        var keys = new byte[reply.Items.Length][];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = reply.Items[i].AsUtf8().ToArray();
        return keys;
    }

    private async ValueTask WriteAsync(SeededPeriod[] periods, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        foreach (var period in periods)
            arguments.Key(QuotaKeys.Budget(period.BudgetId, period.PeriodId));
        foreach (var period in periods)
            arguments.Argument(period.Spent).Argument((long)AdmissionScript.CounterRetention.TotalMilliseconds);
        await QuotaAnswer.OfAsync(redis.EvaluateAsync(QuotaScripts.Seed, arguments, null, cancellationToken));
    }

    private async ValueTask WriteAsync(SeededEvent counted, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        var marker = string.Create(CultureInfo.InvariantCulture, $"{counted.Version}:{counted.CostNanoUsd}");
        arguments.MarkerKey(counted.EventId)
            .Argument(counted.Tokens == 0
                ? marker
                : string.Create(CultureInfo.InvariantCulture, $"{marker}:{counted.Tokens}"))
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
