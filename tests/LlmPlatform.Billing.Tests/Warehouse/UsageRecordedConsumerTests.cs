using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Billing.Tests.Warehouse;

public sealed class UsageRecordedConsumerTests
{
    [Fact]
    public async Task Usage_that_comes_twice_shuffled_and_regrouped_counts_once()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var random = new Random(7);
        var events = Usages.Many(400, random);
        await billing.PublishAsync(Usages.Envelopes(events, random));
        await billing.UsageOfAsync(400);

        var again = events.ToArray();
        random.Shuffle(again);
        await billing.PublishAsync(Usages.Envelopes(events, random));
        await billing.PublishAsync(Usages.Envelopes(again, random));

        // The queue is in order and one batch is stored at a time: what is seen after this one saw all before it.
        await billing.PublishAsync([Usages.Envelope(401, Usages.Event(tenant: "last"))]);
        await billing.UsageOfAsync(1, "from=2026-01-01&to=2027-01-01&tenant=last");

        var report = await billing.UsageOfAsync(
            400, $"from=2026-01-01&to=2027-01-01&{string.Join('&', events.Select(TenantFilter).Distinct())}");
        var total = report.GetProperty("total");
        Assert.Equal(Oracle.TotalOf(events), total.GetProperty("cost_usd").GetDecimal());
        Assert.Equal(events.Sum(usage => usage.Tokens.TotalInput), total.GetProperty("input_tokens").GetInt64());
        Assert.Equal(events.Sum(usage => usage.Tokens.TotalOutput), total.GetProperty("output_tokens").GetInt64());
        Assert.Equal(events.Count(usage => Oracle.CostOf(usage) is null), total.GetProperty("unpriced").GetInt64());
        Assert.Equal(events.Count(usage => usage.EventVersion == 1), total.GetProperty("estimated").GetInt64());
    }

    private static string TenantFilter(Contracts.Usage.UsageRecorded usage) =>
        $"tenant={Uri.EscapeDataString(usage.Tenant)}";
}
