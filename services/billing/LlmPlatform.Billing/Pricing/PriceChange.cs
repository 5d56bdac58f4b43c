using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>What a proposed price would do to what is charged, for the person who decides.</summary>
internal sealed record PriceChange
{
    /// <summary>A change beyond this share of the old amount is pointed out.</summary>
    private const decimal Remarkable = 0.20m;

    public required string Sku { get; init; }

    public required DateTimeOffset EffectiveFrom { get; init; }

    public required string Version { get; init; }

    /// <summary>The version that it would follow or replace; null: the deployment is unpriced.</summary>
    public string? From { get; init; }

    public decimal? OldInput { get; init; }

    public required decimal NewInput { get; init; }

    public decimal? OldOutput { get; init; }

    public required decimal NewOutput { get; init; }

    /// <summary>The largest change of input or output, as a share of the old amount.</summary>
    public decimal? Change { get; init; }

    /// <summary>True where the change is over a fifth: look twice.</summary>
    public required bool IsRemarkable { get; init; }

    public static PriceChange Between(Price? old, Price proposed)
    {
        var change = old is null
            ? (decimal?)null
            : new[] { Share(old.Input, proposed.Input), Share(old.Output, proposed.Output) }.Max();
        return new PriceChange
        {
            Sku = proposed.Sku,
            EffectiveFrom = proposed.EffectiveFrom,
            Version = proposed.VersionId,
            From = old?.VersionId,
            OldInput = old?.Input,
            NewInput = proposed.Input.Trimmed(),
            OldOutput = old?.Output,
            NewOutput = proposed.Output.Trimmed(),
            Change = change is { } share ? decimal.Round(share, 4).Trimmed() : null,
            IsRemarkable = change > Remarkable,
        };
    }

    private static decimal Share(decimal before, decimal after) =>
        before == after ? 0 : before == 0 ? 1 : Math.Abs(after - before) / before;
}
