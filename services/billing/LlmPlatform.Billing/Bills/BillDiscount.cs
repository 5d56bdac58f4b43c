namespace LlmPlatform.Billing.Bills;

/// <summary>A share off list prices.</summary>
internal sealed record BillDiscount
{
    /// <summary>Null: of any provider.</summary>
    public string? Provider { get; init; }

    /// <summary>The published model; null: of any.</summary>
    public string? Model { get; init; }

    /// <summary>0.1 is ten per cent.</summary>
    public required decimal Share { get; init; }
}
