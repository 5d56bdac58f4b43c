using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money;
using LlmPlatform.Money.Periods;

namespace LlmPlatform.Quota.Tests;

/// <summary>What tests begin with: budgets, callers, requests and what they consumed.</summary>
internal static class Given
{
    internal const string Tenant = "acme";

    internal static CallerScopes Caller { get; } = new() { Tenant = Tenant, KeyId = "key-1", KeyName = "acme-ci" };

    internal static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>A budget that no other test has: its id is new.</summary>
    internal static BudgetDefinition Budget(long limitNanoUsd, string scope = "tenant:" + Tenant) => new()
    {
        Id = NewId().ToString("N"),
        Name = "acme-month",
        Revision = 1,
        Scope = scope,
        LimitNanoUsd = limitNanoUsd,
        PeriodKind = BudgetPeriodKind.Monthly,
        Enforce = true,
    };

    internal static LimitsIndex Index(params BudgetDefinition[] budgets) =>
        new(new LimitsSnapshot { Version = 1, Budgets = budgets });

    internal static LimitsIndex Index(params RateLimitDefinition[] limits) =>
        new(new LimitsSnapshot { Version = 1, RateLimits = limits });

    internal static async Task<AdmissionDecision> ReserveAsync(
        this HoldLedger ledger,
        LimitsIndex index,
        long estimateNanoUsd = 0,
        Guid? requestId = null,
        CallerScopes? caller = null,
        long tokens = 0,
        string? secretId = null,
        long keysVersion = 1,
        long? leastNanoUsd = null,
        long? leastTokens = null)
    {
        using var limits = index.Matching(caller ?? Caller);
        var request = new AdmissionRequest
        {
            RequestId = requestId ?? NewId(),
            SecretId = secretId,
            KeysVersion = keysVersion,
            EstimateNanoUsd = estimateNanoUsd,
            LeastNanoUsd = leastNanoUsd,
            EstimatedTokens = tokens,
            LeastTokens = leastTokens,
            Limits = limits,
        };
        return await ledger.ReserveAsync(request, TestContext.Current.CancellationToken);
    }

    internal static async Task<SettleResult> SettledAsync(this HoldLedger ledger, UsageRecorded usage) =>
        await ledger.SettleAsync(usage, TestContext.Current.CancellationToken);

    internal static async Task<long> ReleasedAsync(this HoldLedger ledger, Guid requestId) =>
        await ledger.ReleaseAsync(requestId, TestContext.Current.CancellationToken);

    /// <summary>Where a budget stands in the period of the wall clock.</summary>
    internal static async Task<BudgetLevel> ReadAsync(this HoldLedger ledger, BudgetDefinition budget)
    {
        var period = budget.Calendar().At(TimeProvider.System.GetUtcNow());
        return await ledger.ReadAsync(budget.Id, period.Id, TestContext.Current.CancellationToken);
    }

    internal static UsageRecorded Usage(
        Guid requestId,
        AdmissionDecision admission,
        long costNanoUsd,
        int attempt = 1,
        int version = 2,
        bool ends = true,
        long tokens = 0) => new()
        {
            EventId = EventIdentity.Usage(requestId, attempt, 0),
            EventVersion = version,
            RequestId = requestId,
            Attempt = attempt,
            Part = 0,
            OccurredAt = admission.AdmittedAt,
            RecordedAt = admission.AdmittedAt,
            Tenant = Tenant,
            KeyId = Caller.KeyId,
            KeyName = "acme-ci",
            Operation = "chat.completions",
            ModelRequested = "sim-small",
            Model = "sim-small",
            Provider = "simulated",
            ProviderModel = "sim-small",
            Outcome = UsageOutcomes.Completed,
            UsageSource = UsageSources.Provider,
            Tokens = new TokenUsage { InputUncached = tokens / 3, OutputText = tokens - (tokens / 3) },
            Sku = "simulated/sim-small",
            CostNanoUsd = costNanoUsd,
            Budgets = admission.HeldBudgets,
            EndsRequest = ends,
        };
}
