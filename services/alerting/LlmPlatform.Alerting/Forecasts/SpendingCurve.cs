namespace LlmPlatform.Alerting.Forecasts;

/// <summary>
/// What a budget had spent at any moment, as its samples tell: nothing at the beginning of a period, and between two
/// samples what the earlier one said, because no sample is taken where nothing is spent.
/// </summary>
internal sealed class SpendingCurve
{
    private readonly List<SpendingSample> _samples;

    public SpendingCurve(IEnumerable<SpendingSample> samples) =>
        _samples = [.. samples.OrderBy(sample => sample.TakenAt).ThenBy(sample => sample.PeriodStartsAt)];

    /// <summary>The moment of the first sample; null: there is none.</summary>
    public DateTimeOffset? Began => _samples.Count == 0 ? null : _samples[0].TakenAt;

    /// <summary>What was spent between two moments, across periods; never below zero.</summary>
    public long Between(DateTimeOffset from, DateTimeOffset until)
    {
        var spent = 0L;
        foreach (var period in _samples.GroupBy(sample => sample.PeriodId))
        {
            var all = period.ToList();
            spent += Math.Max(0, At(all, until) - At(all, from));
        }

        return spent;
    }

    private static long At(List<SpendingSample> period, DateTimeOffset moment)
    {
        var known = period.FindLast(sample => sample.TakenAt <= moment);
        return known?.Spent ?? 0;
    }
}
