using System.Diagnostics.Metrics;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Pricing;

public sealed class UsageRaterTests
{
    [Fact]
    public async Task A_cost_that_the_edge_put_otherwise_is_counted_and_its_rounding_is_not()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var meters = billing.Services.GetRequiredService<IMeterFactory>();
        var differences = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "billing_rating_differences_total"
                && ReferenceEquals(instrument.Meter.Scope, meters))
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref differences, count));
        listener.Start();

        // 7 tokens at 1.25 USD a million are 8,750 nano-USD; 1 token at 75.000001 is 75,000.001, which the edge rounds.
        var exact = Usages.Event(tokens: new TokenUsage { CacheRead = 7 }) with { CostNanoUsd = 8_750 };
        var rounded = Usages.Event(model: "large", tokens: new TokenUsage { OutputText = 1 });
        rounded = rounded with { CostNanoUsd = NanoUsd.FromUsd(Oracle.CostOf(rounded)!.Value) };
        Assert.Equal(2_075_000, rounded.CostNanoUsd);
        await RateAsync(exact, rounded, Usages.Event(model: "free"));
        Assert.Equal(0, differences);

        await RateAsync(
            exact with { CostNanoUsd = 8_751 },
            rounded with { CostNanoUsd = 0 },
            Usages.Event(model: "free") with { PriceVersion = "pv_0000000000000000" });
        Assert.Equal(3, differences);

        Task RateAsync(params UsageRecorded[] events) => billing.Services.GetRequiredService<UsageRater>().RateAsync(
            [.. events.Select(usage => new ReceivedUsage(usage, Usages.Edge, 1, 1))],
            TestContext.Current.CancellationToken);
    }
}
