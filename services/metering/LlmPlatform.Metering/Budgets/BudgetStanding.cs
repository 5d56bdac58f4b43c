using LlmPlatform.Metering.Limits;

namespace LlmPlatform.Metering.Budgets;

/// <summary>How far a period has come, in the steps that are told to others.</summary>
/// <param name="Revision">The revision that holds, whose limit and thresholds these are.</param>
/// <param name="ThresholdsReached">How many of its thresholds are reached.</param>
/// <param name="IsExhausted">Whether the limit is spent, or has refused a request.</param>
/// <param name="IsRefused">Whether it has refused a request.</param>
internal readonly record struct BudgetStanding(
    long Revision, int ThresholdsReached, bool IsExhausted, bool IsRefused)
{
    private const int Whole = 10_000;

    /// <summary>Nothing to tell.</summary>
    public bool IsQuiet => ThresholdsReached == 0 && !IsExhausted;

    /// <summary>The standing at an instant, by the limit that holds then.</summary>
    public static BudgetStanding Of(Budget budget, long spent, bool isRefused, DateTimeOffset at)
    {
        var inForce = budget.InForceAt(at);
        return new BudgetStanding(
            inForce.Revision,
            ThresholdsReachedBy(budget, spent, isRefused, at).Count(),
            isRefused || Reaches(spent, inForce.Limit, Whole),
            isRefused);
    }

    /// <summary>
    /// The thresholds that are reached, ascending. Exact: 80 % is reached at exactly 80 %. A refusal says that the
    /// limit is spent as far as the caller is concerned: it reaches every threshold up to 100 %.
    /// </summary>
    public static IEnumerable<int> ThresholdsReachedBy(
        Budget budget, long spent, bool isRefused, DateTimeOffset at)
    {
        var limit = budget.InForceAt(at).Limit;
        return budget.ThresholdBasisPoints.Where(threshold =>
            (isRefused && threshold <= Whole) || Reaches(spent, limit, threshold));
    }

    /// <summary>
    /// Of thresholds that were announced, those that spending is well below of now: by a margin, so that what swings
    /// round a threshold is not said again and again. A limit that has refused a request is not below any.
    /// </summary>
    public static IEnumerable<int> WellBelow(
        Budget budget,
        IEnumerable<int> announced,
        long spent,
        bool isRefused,
        int marginBasisPoints,
        DateTimeOffset at)
    {
        var limit = budget.InForceAt(at).Limit;
        return announced.Where(threshold =>
            !(isRefused && threshold <= Whole)
            && !Reaches(spent, limit, Math.Max(1, threshold - marginBasisPoints)));
    }

    private static bool Reaches(long spent, long limit, int basisPoints) =>
        (Int128)spent * Whole >= (Int128)limit * basisPoints;
}
