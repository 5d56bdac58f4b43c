namespace LlmPlatform.Billing.Rerating;

/// <summary>Which usage is to be rated anew by the prices as they are known now.</summary>
internal sealed record RerateRequest
{
    /// <summary>The first instant.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first instant after.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Null: of every tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>The published model; null: every model.</summary>
    public string? Model { get; init; }

    public required string Reason { get; init; }
}
