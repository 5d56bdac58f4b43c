using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmPlatform.Billing.Tests.Exports;

/// <summary>
/// A dataset of FOCUS as it is published (<c>focus.txt</c>): which columns it has, of which types, what may be null and
/// which values are allowed.
/// </summary>
internal sealed partial class FocusSchema
{
    private static readonly string[] GrainProperties =
    [
        "ContractId", "RegionId", "ResourceId", "ResourceType", "ServiceName", "SkuId", "SkuMeter", "SkuPriceId",
        "SubAccountId",
    ];

    private readonly Dictionary<string, Column> _columns;

    private FocusSchema(IEnumerable<Column> columns) => _columns = columns.ToDictionary(column => column.Name);

    public IEnumerable<Column> Columns => _columns.Values;

    public static FocusSchema Of(string version, string dataset)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("focus.txt")!;
        using var reader = new StreamReader(stream);
        return new FocusSchema(reader.ReadToEnd().Split('\n')
            .SkipWhile(line => line != $"[{version} {dataset}]").Skip(1)
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split('|'))
            .Select(part => new Column(
                part[0], part[2], part[3] == "null", part[4].Length == 0 ? [] : part[4].Split(','))));
    }

    /// <summary>What is wrong with a file, each fault with its record and column; empty: it follows.</summary>
    public IReadOnlyList<string> FaultsOf(IReadOnlyList<string[]> records)
    {
        var header = records[0];
        var faults = new List<string>();
        var given = header.Where(column => !column.StartsWith("x_", StringComparison.Ordinal)).ToList();
        faults.AddRange(_columns.Keys.Except(given).Select(column => $"{column} is missing."));
        faults.AddRange(given.Except(_columns.Keys).Select(column => $"{column} is no column of FOCUS."));
        faults.AddRange(header.GroupBy(column => column).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key} is there twice."));
        for (var number = 1; number < records.Count; number++)
        {
            var row = header.Zip(records[number]).ToDictionary(field => field.First, field => field.Second);
            faults.AddRange(_columns.Values.Select(column => FaultOf(column, row.GetValueOrDefault(column.Name, "")))
                .OfType<string>().Select(fault => $"Record {number}: {fault}"));
        }

        return faults;
    }

    private static string? FaultOf(Column column, string value)
    {
        if (value.Length == 0)
        {
            return column.AllowsNull ? null : $"{column.Name} is null.";
        }

        if (column.Allowed.Count > 0 && !column.Allowed.Contains(value))
        {
            return $"{column.Name} is '{value}', which is not allowed.";
        }

        var fits = column.Type switch
        {
            "decimal" => Decimal().IsMatch(value),
            "price" => Decimal().IsMatch(value) && value[0] != '-',
            "time" => DateTimeOffset.TryParseExact(
                value, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
            "currency" => Currency().IsMatch(value),
            "unit" => Unit().IsMatch(value),
            "json" => IsKeysAndValues(column.Name, value),
            "object" => JsonOf(value) is { ValueKind: JsonValueKind.Object } json && IsJsonObject(json, 1),
            _ => value.Trim().Length == value.Length,
        };
        return fits ? null : $"{column.Name} is '{value}', which is no {column.Type}.";
    }

    // Keys that FOCUS does not define begin with x_; those of tags are the customer's own.
    private static bool IsKeysAndValues(string column, string value) =>
        JsonOf(value) is { ValueKind: JsonValueKind.Object } json && IsJsonObject(json, 1)
        && json.EnumerateObject().All(pair =>
            pair.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)
            && (column is not ("SkuPriceDetails" or "InvoiceDetailGrain")
                || pair.Name.StartsWith("x_", StringComparison.Ordinal)
                || (column == "InvoiceDetailGrain" && GrainProperties.Contains(pair.Name))));

    // No key twice, no deeper than three levels, no array of nothing.
    private static bool IsJsonObject(JsonElement json, int level) => json.ValueKind switch
    {
        JsonValueKind.Object => level <= 3
            && json.EnumerateObject().Select(pair => pair.Name).Distinct().Count() == json.EnumerateObject().Count()
            && json.EnumerateObject().All(pair => IsJsonObject(pair.Value, level + 1)),
        JsonValueKind.Array => json.EnumerateArray().All(
            item => item.ValueKind != JsonValueKind.Null && IsJsonObject(item, level)),
        _ => true,
    };

    private static JsonElement? JsonOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^-?\d+(\.\d+)?([Ee]-?\d+)?$")]
    private static partial Regex Decimal();

    [GeneratedRegex("^[A-Z]{3}$")]
    private static partial Regex Currency();

    [GeneratedRegex(@"^(\d+ )?[A-Z][A-Za-z]*([-/ ][A-Z][A-Za-z]*)*$")]
    private static partial Regex Unit();

    public sealed record Column(string Name, string Type, bool AllowsNull, IReadOnlyList<string> Allowed);
}
