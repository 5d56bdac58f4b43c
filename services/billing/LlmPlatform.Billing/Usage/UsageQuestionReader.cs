using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Money.Periods;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using NodaTime.Text;

namespace LlmPlatform.Billing.Usage;

/// <summary>Reads a question from a query string and refuses, with what is allowed, what it does not know.</summary>
/// <param name="timeZone">The IANA zone that dates are in.</param>
/// <param name="clock">Says which month is the current one.</param>
internal sealed class UsageQuestionReader(string timeZone, TimeProvider clock)
{
    private const int MaxDimensions = 6;
    private const int MaxFilterValues = 100;
    private static readonly string[] Others = ["from", "to", "group_by", "limit", "cursor"];

    public bool TryRead(
        IQueryCollection query,
        PageQuery page,
        [NotNullWhen(true)] out UsageQuestion? question,
        [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        question = null;
        if (!page.TryRead(out var cursor, out problem)
            || !TryRange(query, out var from, out var to, out problem)
            || !TryGroupBy(query, out var groupBy, out problem)
            || !TryFilters(query, out var filters, out problem)
            || !TryAfter(cursor, groupBy.Count, out var after, out problem))
        {
            return false;
        }

        question = new UsageQuestion
        {
            From = from,
            To = to,
            TimeZone = timeZone,
            GroupBy = groupBy,
            Filters = filters,
            After = after,
            Limit = page.Size,
        };
        return true;
    }

    private bool TryRange(
        IQueryCollection query,
        out DateTimeOffset from,
        out DateTimeOffset to,
        [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        var month = new BudgetCalendar(BudgetPeriodKind.Monthly, timeZone).At(clock.GetUtcNow());
        (from, to) = (month.StartsAt, month.EndsAt);
        problem = null;
        if (query["from"].ToString() is { Length: > 0 } first && !TryInstant(first, out from))
            problem = BadInstant("from");
        else if (query["to"].ToString() is { Length: > 0 } last && !TryInstant(last, out to))
            problem = BadInstant("to");
        else if (from >= to)
            problem = AdminProblem.Invalid("invalid_range", "from is before to; to is the first day or instant after.");
        return problem is null;
    }

    // A date is its first instant in the zone, which is not midnight where a clock change skips it.
    private bool TryInstant(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (LocalDatePattern.Iso.Parse(text) is { Success: true } date)
        {
            var zone = DateTimeZoneProviders.Tzdb[timeZone];
            instant = zone.AtStartOfDay(date.Value).ToInstant().ToDateTimeOffset();
            return instant.Year is >= 1970 and <= 2105;
        }

        if (OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } moment)
        {
            instant = moment.Value.ToInstant().ToDateTimeOffset();
            return instant.Year is >= 1970 and <= 2105;
        }

        return false;
    }

    private static bool TryGroupBy(
        IQueryCollection query,
        out IReadOnlyList<UsageDimension> groupBy,
        [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        var names = query["group_by"].SelectMany(text => (text ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();
        var unknown = names.FirstOrDefault(name => UsageDimension.Find(name) is null);
        problem = unknown is not null
            ? AdminProblem.Invalid("unknown_dimension", $"group_by knows no '{unknown}'. Use: {UsageDimension.Names}.")
            : names.Count > MaxDimensions
                ? AdminProblem.Invalid("too_many_dimensions", $"group_by takes at most {MaxDimensions} dimensions.")
                : null;
        groupBy = problem is not null ? []
            : [.. (names.Count == 0 ? ["tenant", "model"] : names).Select(name => UsageDimension.Find(name)!)];
        return problem is null;
    }

    private static bool TryFilters(
        IQueryCollection query,
        out IReadOnlyDictionary<UsageDimension, IReadOnlyList<string>> filters,
        [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        var read = new Dictionary<UsageDimension, IReadOnlyList<string>>();
        filters = read;
        problem = null;
        foreach (var (name, values) in query.Where(pair => !Others.Contains(pair.Key)))
        {
            if (UsageDimension.Find(name) is not { Filters.Count: > 0 } dimension)
            {
                problem = AdminProblem.Invalid(
                    "unknown_filter",
                    $"'{name}' is no filter. Use: {UsageDimension.FilterNames}, beside {string.Join(", ", Others)}.");
                return false;
            }

            if (values.Count > MaxFilterValues)
            {
                problem = AdminProblem.Invalid("too_many_values", $"'{name}' takes at most {MaxFilterValues} values.");
                return false;
            }

            read[dimension] = [.. values.Select(value => value ?? "")];
        }

        return true;
    }

    private static bool TryAfter(
        string? cursor,
        int dimensions,
        out IReadOnlyList<string>? after,
        [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        after = null;
        problem = null;
        if (cursor is null)
            return true;
        try
        {
            after = JsonSerializer.Deserialize<string[]>(cursor);
        }
        catch (JsonException)
        {
            // Said below, in our words.
        }

        if (after?.Count == dimensions && after.All(value => value is not null))
            return true;
        problem = AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page of this grouping gave.");
        return false;
    }

    private static ProblemHttpResult BadInstant(string name) => AdminProblem.Invalid(
        "invalid_" + name,
        $"{name} is neither a date such as 2026-11-01 nor an instant such as 2026-11-01T08:00:00Z, from 1970 to 2105.");
}
