using LlmPlatform.Billing.Warehouse;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Billing.Tests.Warehouse;

public sealed class ClickHouseTests
{
    [Theory]
    [EveryClickHouse]
    public async Task Any_text_comes_back_from_a_literal_as_it_went_in(ClickHouseEngine engine)
    {
        using var clickHouse = await ConnectAsync(engine);
        var random = new Random(1);
        const string odd = "'\"\\\0\n\r\t\b\f`%_-;{}()公司é🙂abc";
        var texts = Enumerable.Range(0, 60)
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => odd.EnumerateRunes()
                .ElementAt(random.Next(odd.EnumerateRunes().Count())).ToString())))
            .Append(@"\' OR 1=1 --").Append(@"\\'").ToList();

        var query = "SELECT arrayJoin([" + string.Join(", ", texts.Select(ClickHouseLiteral.Of)) + "]) AS t";
        var seen = await clickHouse.QueryAsync(
            query, row => row.GetProperty("t").GetString(), TestContext.Current.CancellationToken);
        Assert.Equal(texts, seen);
    }

    [Theory]
    [EveryClickHouse]
    public async Task A_refusal_says_its_code_and_whose_fault_it_is(ClickHouseEngine engine)
    {
        using var clickHouse = await ConnectAsync(engine);
        var missing = await Assert.ThrowsAsync<ClickHouseException>(() => clickHouse.QueryAsync(
            "SELECT 1 FROM nowhere_at_all", row => row.ToString(), TestContext.Current.CancellationToken));
        Assert.Equal(60, missing.Code);
        Assert.True(missing.IsFaultOfTheServer);
        Assert.False(missing.IsFaultOfTheRows);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_away_and_its_password_is_not_told()
    {
        var endpoint = ClickHouseEndpoint.Parse("http://someone:se%40cret@127.0.0.1:1/usage");
        Assert.Equal(("someone", "se@cret", "usage"), (endpoint.User, endpoint.Password, endpoint.Database));
        using var clickHouse = new ClickHouseClient(endpoint, new ClickHouseOptions());
        var fault = await Assert.ThrowsAsync<ClickHouseException>(
            () => clickHouse.VersionAsync(TestContext.Current.CancellationToken));
        Assert.True(fault.IsFaultOfTheServer);
        Assert.DoesNotContain("cret", fault.ToString() + endpoint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-address-at-all")]
    [InlineData("tcp://127.0.0.1:9000")]
    [InlineData("http://127.0.0.1:8123/a;b")]
    public void An_address_that_cannot_be_used_is_refused_without_repeating_it(string text)
    {
        var fault = Assert.Throws<FormatException>(() => ClickHouseEndpoint.Parse(text));
        Assert.DoesNotContain(text, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [EveryClickHouse]
    public async Task The_schema_can_be_applied_to_what_an_older_version_left_and_names_every_column_the_rows_have(
        ClickHouseEngine engine)
    {
        using var clickHouse = await ConnectAsync(engine);
        await WarehouseSchema.ApplyAsync(clickHouse, TestContext.Current.CancellationToken);
        foreach (var table in new[] { "usage_events", "usage_15m" })
        {
            foreach (var later in new[] { "price_variant", "q_web_search", "q_web_fetch" })
            {
                await clickHouse.ExecuteAsync(
                    $"ALTER TABLE {table} DROP COLUMN {later}",
                    clickHouse.Database,
                    TestContext.Current.CancellationToken);
            }
        }

        await WarehouseSchema.ApplyAsync(clickHouse, TestContext.Current.CancellationToken);
        await WarehouseSchema.ApplyAsync(clickHouse, TestContext.Current.CancellationToken);
        var columns = await clickHouse.QueryAsync(
            $"""
            SELECT name FROM system.columns
            WHERE database = {ClickHouseLiteral.Of(clickHouse.Database)} AND table = 'usage_events'
            """,
            row => row.GetProperty("name").GetString(), TestContext.Current.CancellationToken);
        Assert.Equal(UsageRow.Columns.Split(", ").Order(), columns.Order());
    }

    [Fact]
    public void A_current_server_gets_low_cardinality_columns_and_an_old_one_does_not()
    {
        Assert.All(
            WarehouseSchema.StatementsFor(new Version(24, 3)),
            current => Assert.Contains("tenant LowCardinality(String)", current, StringComparison.Ordinal));
        Assert.All(
            WarehouseSchema.StatementsFor(new Version(18, 16)),
            old => Assert.Contains("tenant String", old, StringComparison.Ordinal));
    }

    [Theory]
    [EveryClickHouse]
    public async Task Rows_of_the_first_layout_are_taken_over_once(ClickHouseEngine engine)
    {
        using var clickHouse = await ConnectAsync(engine);
        var cancellation = TestContext.Current.CancellationToken;
        await clickHouse.ExecuteAsync(
            """
            CREATE TABLE usage_events (event_id UUID, event_version UInt32, tenant String, occurred_hour DateTime)
            ENGINE = ReplacingMergeTree(event_version) PARTITION BY toYYYYMM(occurred_hour)
            ORDER BY (tenant, occurred_hour, event_id)
            """,
            clickHouse.Database,
            cancellation);
        await clickHouse.ExecuteAsync(
            """
            INSERT INTO usage_events VALUES ('0f7d7b52-6a0e-4a35-a6a0-8a64d7d1a001', 1, 'acme', toDateTime(1700000000)),
                ('0f7d7b52-6a0e-4a35-a6a0-8a64d7d1a001', 2, 'acme', toDateTime(1700000000))
            """,
            clickHouse.Database,
            cancellation);
        await WarehouseSchema.ApplyAsync(clickHouse, cancellation);
        await WarehouseSchema.ApplyAsync(clickHouse, cancellation);

        var rows = await clickHouse.QueryAsync(
            "SELECT tenant, event_version, row_version, service_tier FROM usage_events FINAL",
            row => (row.GetProperty("tenant").GetString(), row.GetProperty("event_version").GetInt32(),
                row.GetProperty("row_version").GetInt64(), row.GetProperty("service_tier").GetString()),
            cancellation);
        Assert.Equal([("acme", 2, 2L << 32, "standard")], rows);
    }

    private static async Task<ClickHouseClient> ConnectAsync(ClickHouseEngine engine)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var url = engine == ClickHouseEngine.Current
            ? await CurrentClickHouse.CreateDatabaseAsync()
            : (await (await TestServers.SharedAsync()).CreateClickHouseDatabaseAsync(cancellation)).Url;
        var clickHouse = new ClickHouseClient(ClickHouseEndpoint.Parse(url), new ClickHouseOptions());
        var version = await clickHouse.VersionAsync(cancellation);
        Assert.Equal(engine == ClickHouseEngine.Current, version.Major >= 26);
        return clickHouse;
    }
}
