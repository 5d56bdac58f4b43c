using System.Globalization;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// Names why a provider's month differs from ours. Pure. The variances add up to the difference, to the last decimal.
/// </summary>
internal static class Comparison
{
    /// <param name="theirs">What the provider says.</param>
    /// <param name="ours">What we counted.</param>
    /// <param name="prices">To value tokens that we did not count.</param>
    /// <param name="gatewayKeys">The gateway's keys as the provider names them; empty: not known.</param>
    /// <param name="options">What is no difference.</param>
    public static IReadOnlyList<Variance> Of(
        IReadOnlyList<ProviderCharge> theirs,
        IReadOnlyList<MeteredDay> ours,
        PriceHistory prices,
        IReadOnlyCollection<string> gatewayKeys,
        ReconciliationOptions options)
    {
        var names = new ModelNames(ours.Select(day => day.Model));
        var models = theirs.Where(charge => charge.Tokens is not null).Select(charge => charge.Model)
            .Concat(ours.Select(day => day.Model))
            .OfType<string>().Select(names.Of).ToHashSet(StringComparer.Ordinal);
        var days = new SortedDictionary<(string Model, DateOnly Day), ModelDay>();
        ModelDay DayOf(string model, DateOnly day)
        {
            var key = (names.Of(model), day);
            if (!days.TryGetValue(key, out var found))
            {
                days.Add(key, found = new ModelDay { Model = key.Item1, Day = day });
            }

            return found;
        }

        var variances = new List<Variance>();
        var fees = FeesOf(ours, prices);
        foreach (var charge in theirs)
        {
            if (charge is { Meter: ChargeMeters.Web, AmountUsd: { } fee } && fees.ContainsKey(charge.Day))
            {
                fees[charge.Day] -= fee;
            }
            else if (charge.Model is { } model && models.Contains(names.Of(model)))
            {
                DayOf(model, charge.Day).Add(
                    charge, charge.KeyId is { } key && gatewayKeys.Count > 0 && !gatewayKeys.Contains(key));
            }
            else if (charge.AmountUsd is { } amount and not 0)
            {
                variances.Add(new Variance(
                    amount < 0 ? VarianceKinds.Credit : VarianceKinds.ProviderOnly,
                    charge.Day, charge.Model, 0, amount, charge.Description));
            }
        }

        foreach (var metered in ours)
        {
            var day = DayOf(metered.Model, metered.Day);
            day.Add(metered with { CostUsd = metered.CostUsd - FeesOf(metered, prices) });
            day.Rates ??= RatesOf(metered, prices);
        }

        var all = days.Values.ToList();
        ShareBetweenDays(all);
        foreach (var day in all)
        {
            variances.AddRange(OfDay(day, all, options));
        }

        variances.AddRange(fees.Where(day => day.Value != 0).Select(day => OfFees(day.Key, -day.Value, options)));
        return variances;
    }

    // Providers charge searches beside the models that made them: both sides' fees of a day are held together.
    private static SortedDictionary<DateOnly, decimal> FeesOf(IReadOnlyList<MeteredDay> ours, PriceHistory prices) =>
        new(ours.Where(day => day.WebSearches + day.WebFetches > 0).GroupBy(day => day.Day)
            .ToDictionary(day => day.Key, day => day.Sum(metered => FeesOf(metered, prices))));

    private static decimal FeesOf(MeteredDay metered, PriceHistory prices) =>
        RatesOf(metered, prices)?.FeesUsd(metered.WebSearches, metered.WebFetches) ?? 0;

    private static PriceRates? RatesOf(MeteredDay metered, PriceHistory prices) =>
        prices.FindVersion(metered.PriceVersion)?.RatesOf(metered.PriceVariant);

    private static Variance OfFees(DateOnly day, decimal amount, ReconciliationOptions options) => new(
        Math.Abs(amount) <= options.RoundingUsd ? VarianceKinds.Rounding
            : amount > 0 ? VarianceKinds.Missing
            : VarianceKinds.NotCharged,
        day, null, 0, amount, "Searches of the web and pages fetched.");

    // A day that one side knows nothing of is valued, and believed, as the model was on others.
    private static void ShareBetweenDays(IReadOnlyList<ModelDay> days)
    {
        foreach (var model in days.GroupBy(day => day.Model, StringComparer.Ordinal))
        {
            var known = model.FirstOrDefault(day => day.Rates is not null)?.Rates;
            var isCounted = model.Any(day => day.HasTheirTokens);
            foreach (var day in model)
            {
                day.Rates ??= known;
                day.HasTheirTokens = isCounted;
            }
        }
    }

    private static IEnumerable<Variance> OfDay(
        ModelDay day, IReadOnlyList<ModelDay> all, ReconciliationOptions options)
    {
        var left = day.TheirCost - day.OurCost;
        Variance Take(string kind, long tokens, decimal amount, string detail)
        {
            left -= amount;
            return new Variance(kind, day.Day, day.Model, tokens, amount, detail);
        }

        var surplus = day.Surplus();
        var neighbour = IsMore(surplus, day.TheirTotal, options) ? OppositeOf(day, surplus, all, options) : null;
        if (!day.IsKnown && neighbour is null)
        {
            yield return Take(VarianceKinds.Bypass, day.TheirTotal, left, "No call of ours was for this model.");
            yield break;
        }

        var foreign = day.Foreign.Values.Sum();
        if (foreign > 0)
        {
            yield return Take(
                VarianceKinds.Bypass, foreign, day.ValueOf(day.Foreign), "By keys that are not the gateway's.");
        }

        if (IsMore(surplus, day.TheirTotal, options))
        {
            var (kind, detail) = KindOf(day, surplus, neighbour);
            yield return Take(kind, surplus.Values.Sum(), day.ValueOf(surplus), detail);
        }

        if (left == 0)
        {
            yield break;
        }

        yield return Math.Abs(left) <= options.RoundingUsd
            ? Take(VarianceKinds.Rounding, 0, left, "Less than counts.")
            : day.TiersDiffer
                ? Take(VarianceKinds.WrongTier, 0, left, "Served in another tier than it was charged as.")
                : day.HasTheirTokens
                    ? Take(VarianceKinds.WrongPrice, 0, left, PriceDetail(day))
                    : Take(VarianceKinds.Unexplained, 0, left, "The provider gave no quantities.");
    }

    private static ModelDay? OppositeOf(
        ModelDay day,
        IReadOnlyDictionary<string, long> surplus,
        IReadOnlyList<ModelDay> all,
        ReconciliationOptions options) => all.FirstOrDefault(other => other.Model == day.Model
        && Math.Abs(other.Day.DayNumber - day.Day.DayNumber) == 1
        && !IsMore(Sum(surplus, other.Surplus()), day.TheirTotal, options));

    private static (string Kind, string Detail) KindOf(
        ModelDay day, IReadOnlyDictionary<string, long> surplus, ModelDay? neighbour)
    {
        if (neighbour is not null)
        {
            return (VarianceKinds.CutOff, $"The opposite is on {neighbour.Day:yyyy-MM-dd}.");
        }

        return day.Estimated > 0
            ? (VarianceKinds.EstimateError, $"{day.Estimated} of our events are estimates.")
            : surplus.Values.Sum() > 0
                ? (VarianceKinds.Missing, "Counted by the gateway's keys, and not by us.")
                : (VarianceKinds.NotCharged, "We counted more than the provider.");
    }

    private static bool IsMore(
        IReadOnlyDictionary<string, long> tokens, long total, ReconciliationOptions options) =>
        tokens.Values.Sum(Math.Abs) > Math.Max(0, total) * options.TokenTolerance;

    private static Dictionary<string, long> Sum(
        IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other) =>
        one.ToDictionary(count => count.Key, count => count.Value + other[count.Key], StringComparer.Ordinal);

    private static string PriceDetail(ModelDay day) => string.Create(
        CultureInfo.InvariantCulture,
        $"The same tokens: {day.TheirCost.Trimmed()} USD there, {day.OurCost.Trimmed()} USD here.");
}
