using LlmPlatform.Billing.Warehouse;

namespace LlmPlatform.Billing.Usage;

/// <summary>Something usage can be grouped or filtered by.</summary>
/// <param name="Name">In the API.</param>
/// <param name="Column">The column, or an expression on columns that gives text; <c>{zone}</c> is the report's time
/// zone.</param>
/// <param name="Filters">The columns a filter of that name looks in; empty: it cannot be filtered by.</param>
internal sealed record UsageDimension(string Name, string Column, params IReadOnlyList<string> Filters)
{
    /// <summary>What a tag's dimension begins with: <c>tag:env</c>.</summary>
    public const string TagPrefix = "tag:";

    private const int TagLength = 100;

    /// <summary>Every dimension, by name. Nothing else reaches a statement as a name.</summary>
    public static IReadOnlyDictionary<string, UsageDimension> ByName { get; } = new UsageDimension[]
    {
        new("tenant", "tenant", "tenant"),
        new("team", "team", "team"),
        new("cost_center", "cost_center", "cost_center"),
        new("project", "project", "project"),
        new("user", "user_name", "user_name"),
        new("key", "key_id", "key_id", "key_name"),
        new("key_name", "key_name", "key_name"),
        new("model", "model", "model"),
        new("model_requested", "model_requested", "model_requested"),
        new("provider", "provider", "provider"),
        new("provider_model", "provider_model", "provider_model"),
        new("tier", "service_tier", "service_tier"),
        new("region", "region", "region"),
        new("operation", "operation", "operation"),
        new("outcome", "outcome", "outcome"),
        new("usage_source", "usage_source", "usage_source"),
        new("rating_status", "rating_status", "rating_status"),
        new("price_version", "price_version", "price_version"),
        new("hour", "concat(formatDateTime(occurred_hour, '%Y-%m-%dT%H', 'UTC'), ':00:00Z')"),
        new("day", "formatDateTime(occurred_at, '%Y-%m-%d', {zone})"),
        new("month", "formatDateTime(occurred_at, '%Y-%m', {zone})"),
    }.ToDictionary(dimension => dimension.Name, StringComparer.Ordinal);

    /// <summary>The names, for a sentence.</summary>
    public static string Names { get; } = string.Join(", ", ByName.Keys.Append(TagPrefix + "name"));

    /// <summary>The names that can be filtered by, for a sentence.</summary>
    public static string FilterNames { get; } = string.Join(
        ", ", ByName.Values.Where(dimension => dimension.Filters.Count > 0).Select(dimension => dimension.Name));

    /// <summary>The dimension of a name, or that of the tag it names; null when there is none.</summary>
    public static UsageDimension? Find(string name)
    {
        if (ByName.TryGetValue(name, out var dimension))
        {
            return dimension;
        }

        if (!name.StartsWith(TagPrefix, StringComparison.Ordinal)
            || name.Length == TagPrefix.Length || name.Length > TagLength)
        {
            return null;
        }

        // An index of 0 has the value of nothing, empty.
        var key = ClickHouseLiteral.Of(name[TagPrefix.Length..]);
        var column = $"arrayElement(tag_values, indexOf(tag_keys, {key}))";
        return new UsageDimension(name, column, column);
    }

    /// <summary>The expression for a report in a zone.</summary>
    public string In(string timeZone) =>
        Column.Replace("{zone}", ClickHouseLiteral.Of(timeZone), StringComparison.Ordinal);

    /// <summary>The condition that it is one of some values.</summary>
    public string IsOneOf(IReadOnlyCollection<string> values)
    {
        var list = ClickHouseLiteral.ListOf(values);
        return $"({string.Join(" OR ", Filters.Select(column => $"{column} IN {list}"))})";
    }
}
