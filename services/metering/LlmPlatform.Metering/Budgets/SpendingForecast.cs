using LlmPlatform.Metering.Limits;

namespace LlmPlatform.Metering.Budgets;

/// <summary>Where a period ends if it goes on as it went so far.</summary>
internal sealed record SpendingForecast
{
    // Of a period that has hardly begun nothing can be said.
    private const int LeastPartOfPeriod = 20;

    /// <summary>What will have been spent at its end; null in a budget of tokens.</summary>
    public decimal? SpentUsd { get; init; }

    /// <summary>The same in tokens; null in a budget of money.</summary>
    public long? SpentTokens { get; init; }

    /// <summary>When the limit is reached; null: not in this period.</summary>
    public DateTimeOffset? ExhaustedAt { get; init; }

    /// <summary>The forecast; null before a twentieth of the period has passed, and after its end.</summary>
    public static SpendingForecast? Of(
        Budget budget, long spent, DateTimeOffset startsAt, DateTimeOffset endsAt, DateTimeOffset now)
    {
        var (length, passed) = (endsAt - startsAt, now - startsAt);
        if (passed < length / LeastPartOfPeriod || now >= endsAt)
            return null;

        var limit = budget.InForceAt(now).Limit;
        var atEnd = (long)((Int128)spent * length.Ticks / passed.Ticks);
        var untilLimit = spent <= 0 || atEnd < limit
            ? (Int128?)null
            : (Int128)passed.Ticks * limit / spent;
        return new SpendingForecast
        {
            SpentUsd = budget.UsdOf(atEnd),
            SpentTokens = budget.TokensOf(atEnd),
            ExhaustedAt = untilLimit is { } ticks ? startsAt.AddTicks((long)ticks) : null,
        };
    }
}
