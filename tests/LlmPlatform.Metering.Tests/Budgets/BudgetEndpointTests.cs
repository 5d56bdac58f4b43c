using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.TestKit;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Tests.Budgets;

public sealed class BudgetEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_budget_reads_like_a_statement()
    {
        var budget = Given.Budget();
        var id = Given.IdOf(budget);
        var began = TimeProvider.System.GetUtcNow();
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(
            stores, Given.File(budget), ("Metering:Budgets:SweepInterval", "00:00:00.200"));
        var now = TimeProvider.System.GetUtcNow();
        await replica.Holds.SettleAsync(Given.Usage(1, 850_000_000, now, MeteringReplica.Held(budget)), Token);
        await replica.HoldAsync(100_000_000);
        await replica.UntilStateAsync(id, MeteringReplica.CurrentPeriod(budget).Id, "Warned");

        var (status, statement) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/budgets/acme-month");

        Assert.Equal(200, status);
        Assert.Equal(1m, statement.GetProperty("limit_usd").GetDecimal());
        Assert.Equal(0.85m, statement.GetProperty("spent_usd").GetDecimal());
        Assert.Equal(0.1m, statement.GetProperty("held_usd").GetDecimal());
        Assert.Equal(0.05m, statement.GetProperty("left_usd").GetDecimal());
        var kinds = statement.GetProperty("spent_by_kind");
        Assert.Equal(
            (0.85m, 0m, 0m),
            (kinds.GetProperty("usage").GetDecimal(), kinds.GetProperty("estimates").GetDecimal(),
                kinds.GetProperty("corrections").GetDecimal()));
        Assert.Equal("warned", statement.GetProperty("state").GetString());
        Assert.True(statement.GetProperty("live").GetBoolean());
        Assert.Equal(0.8m, Assert.Single(statement.GetProperty("thresholds_crossed").EnumerateArray()).GetDecimal());
        var period = MeteringReplica.CurrentPeriod(budget);
        Assert.Equal(
            (period.StartsAt, period.EndsAt),
            (statement.GetProperty("period_start").GetDateTimeOffset(),
                statement.GetProperty("period_end").GetDateTimeOffset()));

        // What was written down last, with its age, is better than no answer.
        await Eventually.UntilAsync(
            () => replica.QueryAsync(database => database.Periods.AnyAsync(
                period => period.Held == 100_000_000, Token)),
            MeteringReplica.Deadline, "what is held is written down", Token);
        await stores.KillRedisAsync();
        var (_, aged) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/budgets/acme-month");
        Assert.False(aged.GetProperty("live").GetBoolean());
        Assert.Equal(0.85m, aged.GetProperty("spent_usd").GetDecimal());
        Assert.Equal(0.1m, aged.GetProperty("held_usd").GetDecimal());
        Assert.True(aged.GetProperty("as_of").GetDateTimeOffset() >= began);
        Assert.Equal(503, (await replica.CallAsync(HttpMethod.Get, "/admin/v1/usage/live")).Status);
    }

    [Fact]
    public async Task A_budget_of_the_api_stands_beside_those_of_the_file()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Given.Budget("of-the-file")));
        var body = new { name = "of-the-api", scope = "tenant:acme", limit_usd = 2.5, period = "2s" };

        var (created, _) = await replica.CallAsync(HttpMethod.Post, "/admin/v1/budgets", body);
        var (again, exists) = await replica.CallAsync(HttpMethod.Post, "/admin/v1/budgets", body);
        var (changed, budget) = await replica.CallAsync(
            HttpMethod.Put, "/admin/v1/budgets/of-the-api", new { limit_usd = 3, period = "2s", mode = "track" });
        var (moved, fixedScope) = await replica.CallAsync(
            HttpMethod.Put, "/admin/v1/budgets/of-the-api", new { limit_usd = 3, scope = "global" });
        var (_, list) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/budgets");
        var (deleted, _) = await replica.CallAsync(HttpMethod.Delete, "/admin/v1/budgets/of-the-api");
        var (gone, _) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/budgets/of-the-api");
        var (returned, revived) = await replica.CallAsync(HttpMethod.Post, "/admin/v1/budgets", body);

        Assert.Equal((201, 409, 200, 400), (created, again, changed, moved));
        Assert.Equal((204, 404, 201), (deleted, gone, returned));
        Assert.Equal("budget_exists", exists.GetProperty("type").GetString());
        Assert.Equal("scope_is_fixed", fixedScope.GetProperty("type").GetString());
        Assert.Equal((2, "track"), (budget.GetProperty("revision").GetInt32(), budget.GetProperty("mode").GetString()));
        Assert.Equal(
            ["of-the-api", "of-the-file"],
            list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(3, revived.GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task A_budget_of_tokens_says_tokens_and_never_becomes_one_of_money()
    {
        var budget = Given.Budget("tokens", limitTokens: 1_000);
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(budget));
        var now = TimeProvider.System.GetUtcNow();
        await replica.Holds.SettleAsync(Given.Usage(1, Given.Usd, now, MeteringReplica.Held(budget)), Token);

        var (_, statement) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/budgets/tokens");
        Assert.Equal(
            (1_000, 30, 0, 970),
            (Tokens("limit_tokens"), Tokens("spent_tokens"), Tokens("held_tokens"), Tokens("left_tokens")));
        Assert.False(statement.TryGetProperty("limit_usd", out _));
        Assert.Equal(30, statement.GetProperty("spent_by_kind").GetProperty("usage").GetDecimal());

        var (created, more) = await replica.CallAsync(
            HttpMethod.Post,
            "/admin/v1/budgets",
            new { name = "more", scope = "tenant:acme", limit_tokens = 5, enforcement = "soft" });
        Assert.Equal("soft", more.GetProperty("enforcement").GetString());
        var (changed, problem) = await replica.CallAsync(
            HttpMethod.Put, "/admin/v1/budgets/more", new { limit_usd = 3 });
        Assert.Equal((201, 400), (created, changed));
        Assert.Equal("scope_is_fixed", problem.GetProperty("type").GetString());

        // The file may say it anew in the other unit: another budget, that nothing was spent of.
        await replica.ApplyAsync(Given.File(Given.Budget("tokens", limitUsd: 2)));
        (_, statement) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/budgets/tokens");
        Assert.Equal(2m, statement.GetProperty("limit_usd").GetDecimal());
        Assert.Equal(0m, statement.GetProperty("spent_usd").GetDecimal());

        long Tokens(string member) => statement.GetProperty(member).GetInt64();
    }

    [Fact]
    public async Task A_budget_of_the_file_is_read_only()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, Given.File(Given.Budget()));

        var (changed, problem) = await replica.CallAsync(
            HttpMethod.Put, "/admin/v1/budgets/acme-month", new { limit_usd = 3 });
        var (deleted, _) = await replica.CallAsync(HttpMethod.Delete, "/admin/v1/budgets/acme-month");
        var (unknown, _) = await replica.CallAsync(HttpMethod.Get, "/admin/v1/budgets/acme-month?period=m:1999-01");

        Assert.Equal((409, 409, 404), (changed, deleted, unknown));
        Assert.Equal("declared_in_file", problem.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("""{"scope":"global","limit_usd":1}""", "invalid_name")]
    [InlineData("""{"name":"a b","scope":"global","limit_usd":1}""", "invalid_name")]
    [InlineData("""{"name":"a","scope":"planet:mars","limit_usd":1}""", "invalid_scope")]
    [InlineData("""{"name":"a","scope":"global"}""", "invalid_limit_usd")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":-1}""", "invalid_limit_usd")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":0.0000000001}""", "invalid_limit_usd")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":1,"limit_tokens":1}""", "two_limits")]
    [InlineData("""{"name":"a","scope":"global","limit_tokens":0}""", "invalid_limit_tokens")]
    [InlineData("""{"name":"a","scope":"global","limit_tokens":1000000,"enforcement":"soft"}""", null)]
    [InlineData(
        """{"name":"a","scope":"global","limit_usd":1,"mode":"track","enforcement":"soft"}""", "invalid_enforcement")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":1,"period":"fortnightly"}""", "invalid_period")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":1,"time_zone":"Mars/Olympus"}""", "invalid_time_zone")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":1,"alerts":[0.8,0.8]}""", "invalid_alerts")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":1,"alerts":[0]}""", "invalid_alerts")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":1,"channels":["x","x"]}""", "invalid_channels")]
    [InlineData("""{"name":"a","scope":"global","limit_usd":1,"shared_users":[""]}""", "invalid_shared_users")]
    [InlineData("""{"name":"a","scope":"tenant:acme","limit_usd":0.5,"period":"15m","mode":"track"}""", null)]
    public void A_budget_that_cannot_be_used_says_why(string body, string? code)
    {
        var request = RequestJson.Read<BudgetRequest>(body);

        Assert.Equal(code, request.Fault()?.ProblemDetails.Type);
    }

    [Fact]
    public async Task Nobody_reads_budgets_without_the_master_key()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.StartAsync(stores, new PlatformConfiguration());

        Assert.Equal(401, await replica.StatusForStrangerAsync("/admin/v1/budgets"));
        Assert.Equal(401, await replica.StatusForStrangerAsync("/internal/v1/snapshots/limits"));
    }
}
