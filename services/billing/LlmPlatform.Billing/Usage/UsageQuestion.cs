using LlmPlatform.Hosting.Admin;

namespace LlmPlatform.Billing.Usage;

/// <summary>What a usage report is asked for, checked.</summary>
internal sealed record UsageQuestion
{
    /// <summary>The first instant.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first instant after.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The IANA zone whose midnights cut days and months.</summary>
    public required string TimeZone { get; init; }

    /// <summary>In the order asked for; at least one.</summary>
    public required IReadOnlyList<UsageDimension> GroupBy { get; init; }

    /// <summary>Values that a dimension must have, any of them.</summary>
    public required IReadOnlyDictionary<UsageDimension, IReadOnlyList<string>> Filters { get; init; }

    /// <summary>
    /// The values of the last group seen, one for each dimension of <see cref="GroupBy"/>; null for the first page.
    /// </summary>
    public IReadOnlyList<string>? After { get; init; }

    /// <summary>Groups at most.</summary>
    public required int Limit { get; init; }

    /// <summary>The same about no other tenant than the asking operator may see; null when it asks about one.</summary>
    public UsageQuestion? For(AdminOperator who)
    {
        var tenant = UsageDimension.ByName["tenant"];
        if (Filters.TryGetValue(tenant, out var asked))
        {
            return asked.All(who.Sees) ? this : null;
        }

        return who.Tenant is { } own
            ? this with
            {
                Filters = new Dictionary<UsageDimension, IReadOnlyList<string>>(Filters) { [tenant] = [own] },
            }
            : this;
    }
}
