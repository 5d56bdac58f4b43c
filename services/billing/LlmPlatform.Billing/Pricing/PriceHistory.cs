using System.Collections.Frozen;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>Everything billing ever held to be a price. Immutable; replaced whole.</summary>
internal sealed class PriceHistory
{
    private readonly FrozenDictionary<string, PriceVersion[]> _bySku;
    private readonly FrozenDictionary<string, Price> _byVersion;

    public PriceHistory(long version, IReadOnlyCollection<PriceVersion> rows)
    {
        Snapshot = new PriceBookSnapshot
        {
            Version = version,
            Prices = [.. rows.Where(row => row.SupersededAt is null).OrderBy(row => row.Sku, StringComparer.Ordinal)
                .ThenBy(row => row.EffectiveFrom).Select(row => row.ToPrice())],
        };
        _bySku = rows.GroupBy(row => row.Sku, StringComparer.Ordinal)
            .ToFrozenDictionary(
                sku => sku.Key,
                sku => sku
                    .OrderByDescending(row => row.EffectiveFrom)
                    .ThenByDescending(row => row.RecordedAt)
                    .ToArray(),
                StringComparer.Ordinal);
        _byVersion = rows.GroupBy(row => row.VersionId, StringComparer.Ordinal)
            .ToFrozenDictionary(same => same.Key, same => same.First().ToPrice(), StringComparer.Ordinal);
    }

    /// <summary>What edges are given: the prices in force now, those of the past and the future included.</summary>
    public PriceBookSnapshot Snapshot { get; }

    /// <summary>The price a version names; null when billing never recorded it.</summary>
    public Price? FindVersion(string versionId) => _byVersion.GetValueOrDefault(versionId);

    /// <summary>
    /// The price that applied at an instant, as we knew it at that instant: a call is charged what was published when
    /// it was made, and a message that comes again after a change of figures is rated as it was the first time. What
    /// we only learned later applies where we knew nothing.
    /// </summary>
    /// <returns>Null: unpriced, which is never zero.</returns>
    public Price? Find(string sku, DateTimeOffset at)
    {
        if (!_bySku.TryGetValue(sku, out var latestFirst))
        {
            return null;
        }

        var applying = latestFirst.Where(row => row.EffectiveFrom <= at).ToArray();
        var known = applying.FirstOrDefault(row => row.RecordedAt <= at && !(row.SupersededAt <= at));
        return (known ?? applying.FirstOrDefault(row => row.SupersededAt is null))?.ToPrice();
    }

    /// <summary>The price that applied at an instant, as we know it now: what a correction is rated by.</summary>
    public Price? FindAsKnownNow(string sku, DateTimeOffset at) =>
        _bySku.TryGetValue(sku, out var latestFirst)
            ? latestFirst.FirstOrDefault(row => row.EffectiveFrom <= at && row.SupersededAt is null)?.ToPrice()
            : null;
}
