namespace LlmPlatform.Billing.Bills;

/// <summary>A rate of exchange that a second person is to approve.</summary>
internal sealed record ProposedRate
{
    private const decimal MaxRate = 1_000_000_000;

    public required string Currency { get; init; }

    public required DateOnly Day { get; init; }

    /// <summary>Units of the currency for one dollar, at most eight decimals.</summary>
    public required decimal PerUsd { get; init; }

    /// <summary>Who published it, such as <c>ECB</c>.</summary>
    public required string Source { get; init; }

    public string? Fault() => this switch
    {
        _ when !Currencies.IsCode(Currency) || Currency == Currencies.Usd =>
            "currency is three capital letters, and not USD.",
        { PerUsd: <= 0 or > MaxRate } => "per_usd is above 0.",
        _ when PerUsd.Trimmed().Scale > 8 => "per_usd has at most eight decimals.",
        { Source.Length: 0 or > 200 } => "source says who published it.",
        _ => null,
    };
}
