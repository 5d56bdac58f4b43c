using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>One model on one day, as both sides have it.</summary>
internal sealed class ModelDay
{
    private readonly Dictionary<string, long> _theirs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _foreign = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _ours = new(StringComparer.Ordinal);
    private readonly HashSet<string> _theirTiers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ourTiers = new(StringComparer.Ordinal);

    public required DateOnly Day { get; init; }

    public required string Model { get; init; }

    public decimal TheirCost { get; private set; }

    public decimal OurCost { get; private set; }

    /// <summary>Events of ours that are estimates.</summary>
    public long Estimated { get; private set; }

    /// <summary>Whether we counted anything at all.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>
    /// Whether the provider counts tokens of this model, on whatever day: then none on this day means none.
    /// </summary>
    public bool HasTheirTokens { get; set; }

    /// <summary>Whether the provider served in other tiers than we charged.</summary>
    public bool TiersDiffer => _theirTiers.Count > 0 && !_theirTiers.SetEquals(_ourTiers);

    /// <summary>Our rates; null: we have no price.</summary>
    public PriceRates? Rates { get; set; }

    /// <summary>Tokens that keys other than the gateway's used.</summary>
    public IReadOnlyDictionary<string, long> Foreign => _foreign;

    /// <summary>Everything the provider counted, by its keys.</summary>
    public long TheirTotal => _theirs.Values.Sum() + _foreign.Values.Sum();

    /// <summary>Per meter, what the provider counted by the gateway's keys beyond what we did.</summary>
    public IReadOnlyDictionary<string, long> Surplus() => HasTheirTokens
        ? ChargeMeters.All.ToDictionary(
            meter => meter,
            meter => _theirs.GetValueOrDefault(meter) - _ours.GetValueOrDefault(meter),
            StringComparer.Ordinal)
        : ChargeMeters.All.ToDictionary(meter => meter, _ => 0L, StringComparer.Ordinal);

    public void Add(ProviderCharge charge, bool isForeign)
    {
        TheirCost += charge.AmountUsd ?? 0;
        if (charge is not { Meter: { } meter, Tokens: { } tokens })
        {
            return;
        }

        HasTheirTokens = true;
        var side = isForeign ? _foreign : _theirs;
        side[meter] = side.GetValueOrDefault(meter) + tokens;
        if (!isForeign && tokens > 0 && charge.ServiceTier.Length > 0)
        {
            _theirTiers.Add(ServiceTiers.Canonical(charge.ServiceTier));
        }
    }

    public void Add(MeteredDay metered)
    {
        IsKnown = true;
        OurCost += metered.CostUsd;
        Estimated += metered.Estimated;
        _ourTiers.Add(ServiceTiers.Canonical(metered.ServiceTier));
        foreach (var (meter, tokens) in metered.Tokens)
        {
            _ours[meter] = _ours.GetValueOrDefault(meter) + tokens;
        }
    }

    /// <summary>What tokens cost at our rates; zero without a price.</summary>
    public decimal ValueOf(IReadOnlyDictionary<string, long> tokens)
    {
        if (Rates is not { } rates)
        {
            return 0;
        }

        const decimal million = 1_000_000m;
        var write = rates.CacheWrite5m ?? rates.Input;
        decimal PriceOf(string meter) => meter switch
        {
            ChargeMeters.Input => rates.Input,
            ChargeMeters.CacheRead => rates.CachedInput ?? rates.Input,
            ChargeMeters.CacheWrite5m => write,
            ChargeMeters.CacheWrite1h => rates.CacheWrite1h ?? write,
            _ => rates.Output,
        };
        return tokens.Sum(count => count.Value * PriceOf(count.Key) / million);
    }
}
