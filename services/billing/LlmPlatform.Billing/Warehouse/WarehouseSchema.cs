namespace LlmPlatform.Billing.Warehouse;

/// <summary>Creates the warehouse's database and tables. Safe to repeat, and at once on several machines.</summary>
internal static class WarehouseSchema
{
    // Experimental, and refused, before.
    private static readonly Version LowCardinalitySince = new(19, 0);

    private const string FirstLayout = "usage_events_1";

    public static async Task ApplyAsync(ClickHouseClient clickHouse, CancellationToken cancellationToken)
    {
        var version = await clickHouse.VersionAsync(cancellationToken);
        await clickHouse.ExecuteAsync(
            $"CREATE DATABASE IF NOT EXISTS {clickHouse.Database}", database: null, cancellationToken);
        await SetAsideAsync(clickHouse, cancellationToken);
        foreach (var statement in StatementsFor(version))
        {
            await clickHouse.ExecuteAsync(statement, clickHouse.Database, cancellationToken);
        }

        await AddColumnsAsync(clickHouse, version, cancellationToken);
        await TakeOverAsync(clickHouse, cancellationToken);
    }

    /// <summary>The statements a server of that version understands.</summary>
    public static IEnumerable<string> StatementsFor(Version version)
    {
        return Read()
            .Replace("{LC}", TextOf(version), StringComparison.Ordinal)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static string TextOf(Version version) =>
        version >= LowCardinalitySince ? "LowCardinality(String)" : "String";

    // The column that says which of two rows holds is part of a table's engine and cannot be altered: a table of the
    // first layout is renamed, and its rows are copied. Copied again after a failure they replace themselves.
    private static async Task SetAsideAsync(ClickHouseClient clickHouse, CancellationToken cancellationToken)
    {
        var columns = await ColumnsAsync(clickHouse, "usage_events", cancellationToken);
        if (columns.Count > 0 && !columns.Contains("row_version"))
        {
            await clickHouse.ExecuteAsync(
                $"RENAME TABLE usage_events TO {FirstLayout}", clickHouse.Database, cancellationToken);
        }
    }

    // Columns that came after a table was made; 18.16 has no ADD COLUMN IF NOT EXISTS.
    private static async Task AddColumnsAsync(
        ClickHouseClient clickHouse, Version version, CancellationToken cancellationToken)
    {
        foreach (var table in new[] { "usage_events", "usage_15m" })
        {
            var columns = await ColumnsAsync(clickHouse, table, cancellationToken);
            if (!columns.Contains("price_variant"))
            {
                await clickHouse.ExecuteAsync(
                    $"ALTER TABLE {table} ADD COLUMN price_variant {TextOf(version)} AFTER price_version",
                    clickHouse.Database,
                    cancellationToken);
            }

            if (!columns.Contains("q_web_search"))
            {
                await clickHouse.ExecuteAsync(
                    $"ALTER TABLE {table} ADD COLUMN q_web_search UInt64 AFTER q_image_out, "
                        + "ADD COLUMN q_web_fetch UInt64 AFTER q_web_search",
                    clickHouse.Database,
                    cancellationToken);
            }

            if (table == "usage_events" && !columns.Contains("budgets"))
            {
                await clickHouse.ExecuteAsync(
                    $"ALTER TABLE {table} ADD COLUMN budgets Array(String) AFTER tag_values",
                    clickHouse.Database,
                    cancellationToken);
            }
        }
    }

    private static async Task TakeOverAsync(ClickHouseClient clickHouse, CancellationToken cancellationToken)
    {
        var columns = await ColumnsAsync(clickHouse, FirstLayout, cancellationToken);
        if (columns.Count == 0)
        {
            return;
        }

        var list = string.Join(", ", columns);
        await clickHouse.ExecuteAsync(
            $"""
            INSERT INTO usage_events ({list}, service_tier, row_version)
            SELECT {list}, 'standard', toUInt64(event_version) * 4294967296 FROM {FirstLayout}
            """,
            clickHouse.Database,
            cancellationToken);
        await clickHouse.ExecuteAsync(
            $"RENAME TABLE {FirstLayout} TO {FirstLayout}_copied", clickHouse.Database, cancellationToken);
    }

    private static Task<IReadOnlyList<string>> ColumnsAsync(
        ClickHouseClient clickHouse, string table, CancellationToken cancellationToken) =>
        clickHouse.QueryAsync(
            $"""
            SELECT name FROM system.columns
            WHERE database = {ClickHouseLiteral.Of(clickHouse.Database)} AND table = {ClickHouseLiteral.Of(table)}
            """,
            row => row.GetProperty("name").GetString()!,
            cancellationToken);

    private static string Read()
    {
        var lines = EmbeddedSql.Read("Warehouse.warehouse.sql").Split('\n');
        return string.Join('\n', lines.Where(line => !line.StartsWith("--", StringComparison.Ordinal)));
    }
}
