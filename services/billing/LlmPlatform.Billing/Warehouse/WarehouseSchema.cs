using System.Text;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Creates the warehouse's database and tables. Safe to repeat, and at once on several machines.</summary>
internal static class WarehouseSchema
{
    // Experimental, and refused, before.
    private static readonly Version LowCardinalitySince = new(19, 0);

    public static async Task ApplyAsync(ClickHouseClient clickHouse, CancellationToken cancellationToken)
    {
        var version = await clickHouse.VersionAsync(cancellationToken);
        await clickHouse.ExecuteAsync(
            $"CREATE DATABASE IF NOT EXISTS {clickHouse.Database}", database: null, cancellationToken);
        foreach (var statement in StatementsFor(version))
        {
            await clickHouse.ExecuteAsync(statement, clickHouse.Database, cancellationToken);
        }
    }

    /// <summary>The statements a server of that version understands.</summary>
    public static IEnumerable<string> StatementsFor(Version version)
    {
        var text = version >= LowCardinalitySince ? "LowCardinality(String)" : "String";
        return Read()
            .Replace("{LC}", text, StringComparison.Ordinal)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Read()
    {
        const string name = "LlmPlatform.Billing.Warehouse.warehouse.sql";
        using var stream = typeof(WarehouseSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n');
        return string.Join('\n', lines.Where(line => !line.StartsWith("--", StringComparison.Ordinal)));
    }
}
