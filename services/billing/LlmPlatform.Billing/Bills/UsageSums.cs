namespace LlmPlatform.Billing.Bills;

/// <summary>The usage of one place (who, where, which model, which price), summed over a period.</summary>
internal sealed record UsageSums
{
    /// <summary>The column that counts rows.</summary>
    public const string Rows = "row_count";

    public required string Tenant { get; init; }

    public required string CostCenter { get; init; }

    public required string Team { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    public required string ServiceTier { get; init; }

    public required string Region { get; init; }

    /// <summary>The version the rows were rated by; empty when unpriced.</summary>
    public required string PriceVersion { get; init; }

    /// <summary>The variant of that price; empty: none.</summary>
    public required string PriceVariant { get; init; }

    public required long RowCount { get; init; }

    /// <summary>Rows whose quantities a provider did not report.</summary>
    public required long Estimated { get; init; }

    public required long Unpriced { get; init; }

    /// <summary>Exact.</summary>
    public required decimal CostUsd { get; init; }

    /// <summary>For each of <see cref="TokenClass.All"/>, in its order.</summary>
    public required IReadOnlyList<long> Quantities { get; init; }
}
