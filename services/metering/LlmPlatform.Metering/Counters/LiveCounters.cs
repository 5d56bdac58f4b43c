using System.Reflection;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Money;

namespace LlmPlatform.Metering.Counters;

/// <summary>
/// What is used right now, by tenant and model, in Redis. Each event has a bit of its own, at its place in its edge's
/// sequence: however often it is delivered, and in whatever company, it counts once. A view for operators; bills are
/// made elsewhere.
/// </summary>
internal sealed class LiveCounters(RedisClient redis, CounterOptions options, TimeProvider clock)
{
    // One key holds the bits of this many events: 8 KiB, gone a few days after the last of them.
    private const long BitsPerKey = 65_536;

    // Corrections are for the ledger. An estimate whose actual amount still arrives, which takes an edge that died
    // between the two, is here twice until its window is over.
    private const int LastVersionCounted = 2;

    private static readonly TimeSpan BitsLife = TimeSpan.FromDays(3);

    private static readonly RedisScript CountScript =
        RedisScript.FromEmbedded(Assembly.GetExecutingAssembly(), "Counters.count_live.lua");

    /// <summary>Counts the events of a batch, in one call for all that share their windows.</summary>
    /// <param name="batch">The envelope.</param>
    /// <param name="cancellationToken">Releases the caller; counting again is safe.</param>
    /// <exception cref="RedisUnavailableException">Redis is away.</exception>
    public async Task CountAsync(UsageRecordedBatch batch, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var groups = Enumerable.Range(0, batch.Events.Count)
            .Where(index => batch.Events[index].EventVersion <= LastVersionCounted)
            .GroupBy(index => PlaceOf(batch, index, now))
            .Where(group => group.Key.Windows > 0);
        foreach (var group in groups)
            await CountAsync(batch, group.Key, [.. group], cancellationToken);
    }

    /// <summary>Reads the current windows.</summary>
    /// <exception cref="RedisUnavailableException">Redis is away.</exception>
    public async Task<LiveUsageResponse> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var windows = new List<LiveUsageResponse.Window>();
        foreach (var window in LiveWindow.All)
        {
            var reply = await redis.ExecuteAsync("HGETALL", [window.KeyAt(now)], cancellationToken);
            var start = window.StartOf(now);
            windows.Add(new LiveUsageResponse.Window(window.Name, start, start + window.Length, RowsOf(reply)));
        }

        return new LiveUsageResponse(now, windows);
    }

    // The bits that an event is among, and the windows it is young enough for: all but some of the shortest.
    private static Place PlaceOf(UsageRecordedBatch batch, int index, DateTimeOffset now)
    {
        var occurredAt = batch.Events[index].OccurredAt;
        var windows = LiveWindow.All.Count(window => now - occurredAt < LifeOf(window));
        var minute = LiveWindow.All[0].StartOf(occurredAt);
        return new Place((batch.FirstSequence + index) / BitsPerKey, windows, minute);
    }

    private async Task CountAsync(
        UsageRecordedBatch batch, Place place, int[] indexes, CancellationToken cancellationToken)
    {
        var windows = LiveWindow.All.TakeLast(place.Windows).ToArray();
        var rows = new Dictionary<(string Tenant, string Model), int>();
        foreach (var index in indexes)
            rows.TryAdd((batch.Events[index].Tenant, batch.Events[index].Model), rows.Count + 1);

        using var arguments = RedisArguments.Rent();
        arguments.Key(FormattableString.Invariant($"live:{{q}}:seen:{batch.EdgeId:N}:{batch.Epoch}:{place.Block}"));
        foreach (var window in windows)
            arguments.Key(window.KeyAt(place.Minute));
        arguments.Argument((long)BitsLife.TotalMilliseconds).Argument(options.LiveRowsMax).Argument(rows.Count);
        foreach (var window in windows)
            arguments.Argument((long)LifeOf(window).TotalMilliseconds);
        foreach (var (tenant, model) in rows.Keys)
            arguments.Argument($"{tenant}\t{model}");
        foreach (var index in indexes)
        {
            var usage = batch.Events[index];
            arguments.Argument((batch.FirstSequence + index) % BitsPerKey)
                .Argument(rows[(usage.Tenant, usage.Model)])
                .Argument(usage.EndsRequest ? 1 : 0)
                .Argument(usage.Tokens.TotalInput)
                .Argument(usage.Tokens.TotalOutput)
                .Argument(usage.CostNanoUsd);
        }

        await redis.EvaluateAsync(CountScript, arguments, null, cancellationToken);
    }

    private static List<LiveUsageRow> RowsOf(RedisReply reply)
    {
        var meters = new Dictionary<(string Tenant, string Model), Dictionary<string, long>>();
        var items = reply.Items;
        for (var i = 0; i + 1 < items.Length; i += 2)
        {
            if (items[i].AsString()!.Split('\t') is not [var tenant, var model, var meter])
                continue;
            if (!meters.TryGetValue((tenant, model), out var row))
                meters.Add((tenant, model), row = []);
            row[meter] = items[i + 1].AsInt64();
        }

        return
        [
            .. meters
                .Select(row => new LiveUsageRow(
                    row.Key.Tenant.Length == 0 ? null : row.Key.Tenant,
                    row.Key.Model.Length == 0 ? null : row.Key.Model,
                    row.Value.GetValueOrDefault("requests"),
                    row.Value.GetValueOrDefault("input"),
                    row.Value.GetValueOrDefault("output"),
                    NanoUsd.ToUsd(row.Value.GetValueOrDefault("cost"))))
                .OrderByDescending(row => row.CostUsd)
                .ThenBy(row => row.Tenant, StringComparer.Ordinal)
                .ThenBy(row => row.Model, StringComparer.Ordinal),
        ];
    }

    // A window is of no interest once it is over, except to those who look at it across its end.
    private static TimeSpan LifeOf(LiveWindow window) => 2 * window.Length;

    private readonly record struct Place(long Block, int Windows, DateTimeOffset Minute);
}
