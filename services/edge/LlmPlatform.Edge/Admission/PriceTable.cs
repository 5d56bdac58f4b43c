using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Edge.Admission;

/// <summary>The price book in force, built once for each snapshot that billing publishes.</summary>
internal sealed class PriceTable
{
    private volatile PriceBook _current = PriceBook.Empty;

    public PriceTable(SnapshotFeed<PriceBookSnapshot> feed)
    {
        feed.Changed += snapshot => _current = snapshot.ToPriceBook();
        if (feed.Current is { } snapshot)
        {
            _current = snapshot.ToPriceBook();
        }
    }

    public PriceBook Current => _current;
}
