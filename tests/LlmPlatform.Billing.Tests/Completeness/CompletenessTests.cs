using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Billing.Tests.Completeness;

public sealed class CompletenessTests
{
    [Fact]
    public async Task What_has_not_come_of_a_spool_is_named_until_it_comes()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        await billing.StoreAsync(Usages.Envelope(4, Usages.Event(), Usages.Event()));
        await billing.StoreAsync(Usages.Envelope(9, Usages.Event()));
        await billing.StoreAsync(Usages.Envelope(4, Usages.Event(), Usages.Event()));

        var report = await billing.GetAsync("/admin/v1/completeness");
        Assert.False(report.GetProperty("is_complete").GetBoolean());
        var spool = Assert.Single(report.GetProperty("spools").EnumerateArray());
        Assert.Equal((9, 6), (Number(spool, "highest_sequence"), Number(spool, "missing_events")));
        Assert.Equal(
            [(1, 3), (6, 8)],
            spool.GetProperty("missing").EnumerateArray()
                .Select(hole => (Number(hole, "first"), Number(hole, "last"))));

        // An event that cannot be billed has come all the same.
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(), Usages.Event(tenant: ""), Usages.Event()));
        await billing.StoreAsync(Usages.Envelope(6, Usages.Event(), Usages.Event(), Usages.Event()));
        Assert.True((await billing.GetAsync("/admin/v1/completeness")).GetProperty("is_complete").GetBoolean());
    }

    private static long Number(System.Text.Json.JsonElement item, string name) => item.GetProperty(name).GetInt64();
}
