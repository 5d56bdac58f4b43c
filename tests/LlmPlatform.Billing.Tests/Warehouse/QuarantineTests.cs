using System.Net;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Billing.Tests.Warehouse;

/// <summary>What could not be stored is seen, corrected and sent again, or given up; by a person, and once.</summary>
public sealed class QuarantineTests
{
    private const string Path = "/admin/v1/completeness/quarantine";

    [Fact]
    public async Task A_quarantined_event_is_stored_once_it_is_corrected_and_another_is_given_up()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var good = Usages.Event(tokens: new TokenUsage { InputUncached = 1000 });
        var bad = good with { Tokens = new TokenUsage { InputUncached = -1 } };
        await billing.StoreAsync(Usages.Envelope(1, bad, Usages.Event(tenant: "")));
        var kept = (await billing.GetAsync(Path)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, kept.Count);
        Assert.Equal("A quantity of tokens is impossible.", kept[0].GetProperty("reason").GetString());
        Assert.Equal(-1, kept[0].GetProperty("event").GetProperty("Tokens").GetProperty("InputUncached").GetInt64());

        var first = $"{Path}/{Usages.Edge}/1/1";
        using var asItCame = await billing.PostAsync($"{first}/replay", new { reason = "again" });
        Assert.Equal(HttpStatusCode.Conflict, asItCame.StatusCode);
        using var another = await billing.PostAsync($"{first}/replay", Correction(Usages.Event()));
        Assert.Equal(HttpStatusCode.Conflict, another.StatusCode);

        using var corrected = await billing.PostAsync($"{first}/replay", Correction(good));
        Assert.Equal(HttpStatusCode.NoContent, corrected.StatusCode);
        var total = (await billing.UsageOfAsync(1)).GetProperty("total");
        Assert.Equal(Oracle.CostOf(good), total.GetProperty("cost_usd").GetDecimal());
        using var discarded = await billing.PostAsync($"{Path}/{Usages.Edge}/1/2/discard", new { reason = "a test" });
        Assert.Equal(HttpStatusCode.NoContent, discarded.StatusCode);

        Assert.Empty((await billing.GetAsync(Path)).GetProperty("items").EnumerateArray());
        using var gone = await billing.PostAsync($"{first}/replay", Correction(good));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private static object Correction(UsageRecorded recorded) => new
    {
        reason = "a sign was lost",
        @event = JsonSerializer.SerializeToElement(recorded),
    };
}
