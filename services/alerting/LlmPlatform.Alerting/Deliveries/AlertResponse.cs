using LlmPlatform.Money;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>An alert as operators see it.</summary>
internal sealed record AlertResponse
{
    public required Guid Id { get; init; }

    public required string BudgetId { get; init; }

    public required string Budget { get; init; }

    public required string Scope { get; init; }

    public required string PeriodId { get; init; }

    public required DateTimeOffset PeriodStart { get; init; }

    public required DateTimeOffset PeriodEnd { get; init; }

    /// <summary>A fraction of the limit: 0.8 is 80 %.</summary>
    public required decimal Threshold { get; init; }

    /// <summary>How often the period had crossed it before, and come well below it again.</summary>
    public required int Episode { get; init; }

    /// <summary>Of a budget of money, as the limit after it.</summary>
    public required decimal? SpentUsd { get; init; }

    public required decimal? LimitUsd { get; init; }

    /// <summary>Of a budget of tokens, as the limit after it.</summary>
    public required long? SpentTokens { get; init; }

    public required long? LimitTokens { get; init; }

    /// <summary>True when the budget refused calls from here on.</summary>
    public required bool CallsRefused { get; init; }

    public required DateTimeOffset CrossedAt { get; init; }

    public static AlertResponse Of(Alert alert) => new()
    {
        Id = alert.Id,
        BudgetId = alert.BudgetId,
        Budget = alert.BudgetName,
        Scope = alert.Scope,
        PeriodId = alert.PeriodId,
        PeriodStart = alert.PeriodStartsAt,
        PeriodEnd = alert.PeriodEndsAt,
        Threshold = alert.ThresholdBasisPoints / 10_000m,
        Episode = alert.Episode,
        SpentUsd = alert.LimitTokens is null ? NanoUsd.ToUsd(alert.SpentNanoUsd) : null,
        LimitUsd = alert.LimitTokens is null ? NanoUsd.ToUsd(alert.LimitNanoUsd) : null,
        SpentTokens = alert.SpentTokens,
        LimitTokens = alert.LimitTokens,
        CallsRefused = alert.RefusesCalls,
        CrossedAt = alert.CrossedAt,
    };
}
