using System.Net;
using System.Text.Json;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money.Pricing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LlmPlatform.Billing.Tests.Pricing;

public sealed class PriceProposalTests
{
    private static readonly string Free = PriceSku.For("free", "sim", "free-v1");

    [Fact]
    public async Task A_proposed_price_counts_when_another_person_approves_it_and_not_before()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var proposal = await billing.SendAsync("/admin/v1/prices", Proposed(2m), "ann");
        var id = proposal.GetProperty("id").GetString();
        Assert.Equal("pending", proposal.GetProperty("state").GetString());
        Assert.Null(await PriceAsync(billing));

        using var self = await billing.PostAsync($"/admin/v1/proposals/{id}/approve", person: "ann");
        Assert.Equal(HttpStatusCode.Conflict, self.StatusCode);
        Assert.Contains("self_approval", await self.Content.ReadAsStringAsync(
            TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Null(await PriceAsync(billing));

        await billing.SendAsync($"/admin/v1/proposals/{id}/approve", person: "bo");
        var price = await PriceAsync(billing);
        Assert.Equal((2m, 1m), (price!.Input, price.RatesFor(1, "batch", null)!.Input));
        Assert.Null(price.RatesFor(1, "flex", null));

        using var again = await billing.PostAsync($"/admin/v1/proposals/{id}/reject", person: "cy");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task The_database_itself_refuses_an_approval_by_the_proposer()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        await billing.SendAsync("/admin/v1/prices", Proposed(2m), "ann");
        await using var scope = billing.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.Database.ExecuteSqlAsync(
            $"UPDATE billing.proposal SET state = 'approved', decided_by = proposed_by",
            TestContext.Current.CancellationToken));

        Assert.Equal("ck_proposal_four_eyes", refused.ConstraintName);
    }

    [Fact]
    public async Task What_the_file_prices_is_changed_in_the_file()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var sku = PriceSku.For("small", "sim", "small-v1");

        using var answer = await billing.PostAsync("/admin/v1/prices", Proposed(2m, sku));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
    }

    [Fact]
    public async Task A_price_that_makes_no_sense_is_refused_with_what_is_wrong()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        foreach (var (sku, input, word) in new[]
        {
            ("gpt-4o", 1m, "sku"), ("free@sim/free-v1", -1m, "input"), ("free@sim/free-v1", 0.0000001m, "decimals"),
        })
        {
            using var answer = await billing.PostAsync("/admin/v1/prices", Proposed(input, sku));

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(word, await answer.Content.ReadAsStringAsync(
                TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_in_the_format_of_LiteLLM_becomes_a_proposal_for_what_is_configured()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var file = JsonSerializer.Deserialize<JsonElement>(
            """
            {
              "sample_spec": { "input_cost_per_token": 1 },
              "small-v1": { "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06 },
              "free-v1": {
                "litellm_provider": "sim", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
                "cache_read_input_token_cost": 3e-07, "cache_creation_input_token_cost": 3.75e-06,
                "cache_creation_input_token_cost_above_1hr": 6e-06,
                "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
                "input_cost_per_token_batches": 1.5e-06, "output_cost_per_token_batches": 7.5e-06
              }
            }
            """);

        var imported = await billing.SendAsync("/admin/v1/prices/import?effectiveFrom=2026-11-01T00:00:00Z", file);

        Assert.Equal([Free], imported.GetProperty("changed").EnumerateArray().Select(sku => sku.GetString()));
        Assert.Equal(2, imported.GetProperty("declared_in_file").GetArrayLength());
        var id = imported.GetProperty("proposal").GetProperty("id").GetString();
        await billing.SendAsync($"/admin/v1/proposals/{id}/approve", person: "bo");
        var price = (await PriceAsync(billing))!;
        Assert.Equal((3m, 0.3m, 3.75m, 6m), (price.Input, price.CachedInput, price.CacheWrite5m, price.CacheWrite1h));
        Assert.Equal(3m, price.RatesFor(200_000, null, null)!.Input);
        Assert.Equal((6m, 22.5m), RatesOf(price.RatesFor(200_001, null, null)!));
        Assert.Equal((1.5m, 7.5m), RatesOf(price.RatesFor(1, "batch", null)!));

        var again = await billing.SendAsync("/admin/v1/prices/import", file);
        Assert.Equal([Free], again.GetProperty("unchanged").EnumerateArray().Select(sku => sku.GetString()));
        Assert.Equal(JsonValueKind.Null, again.GetProperty("proposal").ValueKind);
    }

    private static (decimal Input, decimal Output) RatesOf(PriceRates rates) => (rates.Input, rates.Output);

    private static object Proposed(decimal input, string? sku = null) => new
    {
        reason = "the vendor's page",
        prices = new[]
        {
            new
            {
                sku = sku ?? Free,
                effective_from = "2026-11-01T00:00:00Z",
                input,
                output = 4m,
                cache_write_5m = 2.5m,
                variants = new[] { new { service_tier = "batch", input = 1m, output = 2m } },
            },
        },
    };

    private static async Task<Price?> PriceAsync(BillingReplica billing)
    {
        var book = await billing.Services.GetRequiredService<PriceShelf>()
            .RefreshAsync(TestContext.Current.CancellationToken);
        return book!.Find(Free, Usages.Noon);
    }
}
