using System.Diagnostics.Metrics;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Quota;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Bench.Books;

/// <summary>
/// What an edge does for a call beside serving it, with the product's own code in this process: writing to the spool,
/// settling holds, shipping.
/// </summary>
internal sealed class SpoolSteps(string directory, IReadOnlyDictionary<string, string> facts)
{
    private const int CallsAtOnce = 2_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SampleCall _call = SampleCall.At(TimeProvider.System.GetUtcNow());

    /// <summary>Writes calls to a spool of its own.</summary>
    public async Task<StepCost> AppendAsync(int calls)
    {
        using var meter = new Meter("LlmPlatform.Bench");
        using var spool = Open(meter);
        return await StepCost.OfAsync(
            calls, () => RecordAsync(spool, calls, () => spool.Money.Durable >= spool.Money.Appended));
    }

    /// <summary>The same while their holds are settled in Redis.</summary>
    public async Task<StepCost> AppendAndSettleAsync(int calls)
    {
        using var meter = new Meter("LlmPlatform.Bench");
        await using var redis = new RedisClient(new RedisOptions { ConnectionString = facts["LLM_PLATFORM_REDIS"] });
        await redis.WaitUntilConnectedAsync(CancellationToken.None);
        await using var ledger = new HoldLedger(redis, new HoldOptions());
        using var spool = Open(meter);
        using var settler = new HoldSettler(
            spool,
            async (batch, cancellationToken) => await ledger.SettleAsync(batch, false, cancellationToken),
            new HoldSettlerOptions(),
            TimeProvider.System,
            NullLogger<HoldSettler>.Instance);
        return await StepCost.OfAsync(calls, async () =>
        {
            await settler.StartAsync(CancellationToken.None);
            var cursor = spool.Money.Consumers.Single(one => one.Name == UsageSpool.HoldSettlerName);
            await RecordAsync(spool, calls, () => cursor.State.Position >= spool.Money.Appended);
            await settler.StopAsync(CancellationToken.None);
        });
    }

    /// <summary>Writes calls first; then the cost of handing both their events to the broker.</summary>
    /// <param name="calls">How many.</param>
    /// <param name="shipped">Runs when the broker has all; given the edge's id.</param>
    public async Task<StepCost> ShipAsync(int calls, Func<Guid, Task> shipped)
    {
        using var meter = new Meter("LlmPlatform.Bench");
        using var spool = Open(meter);
        await RecordAsync(spool, calls, () => true);
        using var shipper = new SpoolShipper(
            spool,
            new RequiredQueues(new Uri(facts["LLM_PLATFORM_RABBITMQ"])),
            new ShipperOptions(),
            TimeProvider.System,
            NullLogger<SpoolShipper>.Instance);
        var cost = await StepCost.OfAsync(calls, async () =>
        {
            await shipper.StartAsync(CancellationToken.None);
            await UntilAsync(() => spool.PendingEvents == 0);
            await shipper.StopAsync(CancellationToken.None);
        });
        await shipped(spool.Money.Identity.EdgeId);
        return cost;
    }

    private UsageSpool Open(Meter meter)
    {
        var path = Path.Combine(directory, "books-" + Path.GetRandomFileName());
        return UsageSpool.Open(
            path,
            new SpoolOptions { Durability = SpoolDurability.Os },
            TimeProvider.System,
            meter,
            NullLogger<UsageSpool>.Instance);
    }

    // No faster than what follows keeps up: what calls faster than Redis settles is not admitted by it either.
    private async Task RecordAsync(UsageSpool spool, int calls, Func<bool> keepsUp)
    {
        for (var call = 1; call <= calls; call++)
        {
            await _call.RecordAsync(spool, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
            if (call % CallsAtOnce == 0 || call == calls)
            {
                await UntilAsync(keepsUp);
            }
        }
    }

    private static async Task UntilAsync(Func<bool> isDone)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isDone())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
