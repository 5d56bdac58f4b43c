using System.Globalization;
using LlmPlatform.Bench.Books;
using LlmPlatform.Bench.Rig;
using LlmPlatform.Edge.Settlement;

namespace LlmPlatform.Bench.Growth;

/// <summary>What billing and metering spend on an event as more edges send the same number of events in all.</summary>
internal sealed class EdgesGrowth(IReadOnlyDictionary<string, string> facts)
{
    private const int Events = 25_600;
    private const int EventsOfEnvelope = 100;

    /// <summary>The events of one round, in turn from so many edges.</summary>
    public async Task<GrowthPoint> OfEdgesAsync(int edges, int rounds)
    {
        await using var stores = new BookStores(facts);
        await using var publisher = new EnvelopePublisher(new Uri(facts["LLM_PLATFORM_RABBITMQ"]), EnvelopeKind.Usage);
        await RoundAsync(publisher, stores, edges);
        var measured = new List<(double, double)>();
        for (var round = 0; round < rounds; round++)
        {
            var (billing, metering) = (Cpu("BILLING"), Cpu("METERING"));
            await RoundAsync(publisher, stores, edges);
            var (billed, metered) = (Cpu("BILLING") - billing, Cpu("METERING") - metering);
            measured.Add((billed / 1000.0 / Events, metered / 1000.0 / Events));
        }

        return GrowthPoint.Median(edges, measured);
    }

    private static async Task RoundAsync(EnvelopePublisher publisher, BookStores stores, int edges)
    {
        var call = SampleCall.At(TimeProvider.System.GetUtcNow());
        var ids = Enumerable.Range(0, edges).Select(_ => new SpoolIdentity(NewId(), 1)).ToArray();
        for (var envelope = 0; envelope < Events / EventsOfEnvelope; envelope++)
        {
            var first = ((envelope / edges) * EventsOfEnvelope) + 1;
            using var body = new Envelope(EnvelopeKind.Usage, ids[envelope % edges], first, new ShipperOptions());
            for (var number = 0; number < EventsOfEnvelope; number++)
            {
                body.Add(call.UsageOf(NewId()));
            }

            body.Seal(TimeProvider.System.GetUtcNow());
            await publisher.PublishAsync(body.MessageId, body.Body, CancellationToken.None);
        }

        while (await BilledAsync(stores, ids) < Events || await stores.WaitingAsync("metering-usage-recorded") > 0)
        {
            await Task.Delay(200);
        }

        await Task.Delay(1000);
    }

    private static async Task<long> BilledAsync(BookStores stores, SpoolIdentity[] ids)
    {
        long billed = 0;
        foreach (var id in ids)
        {
            billed += await stores.BilledAsync(id.EdgeId);
        }

        return billed;
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private long Cpu(string service) =>
        ProcessMeter.CpuNanoseconds([int.Parse(facts[service + "_PID"], CultureInfo.InvariantCulture)]);
}
