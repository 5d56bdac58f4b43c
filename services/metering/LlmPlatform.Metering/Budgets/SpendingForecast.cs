using LlmPlatform.Money;

namespace LlmPlatform.Metering.Budgets;

/// <summary>Where a period ends if it goes on as it went so far.</summary>
/// <param name="SpentUsd">What will have been spent at its end.</param>
/// <param name="ExhaustedAt">When the limit is reached; null: not in this period.</param>
internal sealed record SpendingForecast(decimal SpentUsd, DateTimeOffset? ExhaustedAt)
{
    // Of a period that has hardly begun nothing can be said.
    private const int LeastPartOfPeriod = 20;

    /// <summary>The forecast; null before a twentieth of the period has passed, and after its end.</summary>
    public static SpendingForecast? Of(
        long spentNanoUsd, long limitNanoUsd, DateTimeOffset startsAt, DateTimeOffset endsAt, DateTimeOffset now)
    {
        var (length, passed) = (endsAt - startsAt, now - startsAt);
        if (passed < length / LeastPartOfPeriod || now >= endsAt)
            return null;

        var atEnd = decimal.Round(NanoUsd.ToUsd(spentNanoUsd) * length.Ticks / passed.Ticks, 9);
        if (spentNanoUsd <= 0 || atEnd < NanoUsd.ToUsd(limitNanoUsd))
            return new SpendingForecast(atEnd, null);
        var untilLimit = (Int128)passed.Ticks * limitNanoUsd / spentNanoUsd;
        return new SpendingForecast(atEnd, startsAt.AddTicks((long)untilLimit));
    }
}
