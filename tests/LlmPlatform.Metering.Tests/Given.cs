using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;

namespace LlmPlatform.Metering.Tests;

/// <summary>Configurations and events in few words.</summary>
internal static class Given
{
    public const long Usd = NanoUsd.PerUsd;

    public static readonly Guid EdgeId = EventIdentity.Named("an edge");

    public static BudgetConfiguration Budget(
        string name = "acme-month",
        decimal limitUsd = 1,
        string period = "monthly",
        string timeZone = "UTC",
        long? limitTokens = null) => new()
    {
        Name = name,
        Scope = Scope("tenant:acme"),
        LimitUsd = limitTokens is null ? limitUsd : 0,
        LimitTokens = limitTokens,
        Period = BudgetPeriodText.TryParse(period, out var read) ? read : throw new ArgumentException(period),
        TimeZone = timeZone,
        Channels = ["ops-slack"],
    };

    public static PlatformConfiguration File(params BudgetConfiguration[] budgets) => new()
    {
        Budgets = budgets,
        Limits = [new LimitConfiguration { Scope = Scope("key:acme-ci"), RequestsPerMinute = 60, Burst = 20 }],
    };

    public static string IdOf(BudgetConfiguration budget) =>
        Metering.Limits.Budget.IdOf(budget.Name, budget.Scope.ToString(), budget.LimitTokens is not null);

    public static ScopeReference Scope(string text) =>
        ScopeReference.TryParse(text, out var scope) ? scope : throw new ArgumentException(text);

    public static UsageRecorded Usage(
        int number, long costNanoUsd, DateTimeOffset occurredAt, params HeldBudget[] budgets)
    {
        var requestId = EventIdentity.Named($"request {number}");
        return new UsageRecorded
        {
            EventId = EventIdentity.Usage(requestId, 1, 0),
            EventVersion = 2,
            RequestId = requestId,
            Attempt = 1,
            Part = 0,
            OccurredAt = occurredAt,
            RecordedAt = occurredAt,
            Tenant = "acme",
            KeyId = "key-1",
            KeyName = "acme-ci",
            Operation = "chat.completions",
            ModelRequested = "sim-small",
            Model = "sim-small",
            Provider = "sim",
            ProviderModel = "s",
            Outcome = UsageOutcomes.Completed,
            UsageSource = UsageSources.Provider,
            Tokens = new TokenUsage { InputUncached = 10, OutputText = 20 },
            Sku = "sim/s",
            CostNanoUsd = costNanoUsd,
            Budgets = budgets,
            EndsRequest = true,
        };
    }

    public static RequestCompleted Refused(
        int number, string budgetId, string periodId, DateTimeOffset at, bool heldOnly)
    {
        var requestId = EventIdentity.Named($"refused {number}");
        return new RequestCompleted
        {
            EventId = EventIdentity.Completion(requestId),
            RequestId = requestId,
            OccurredAt = at,
            Duration = TimeSpan.FromMilliseconds(1),
            Route = "/v1/chat/completions",
            Tenant = "acme",
            Status = 402,
            ErrorCode = "budget_exceeded",
            RefusedBudget = new RefusedBudget { BudgetId = budgetId, PeriodId = periodId, HeldOnly = heldOnly },
        };
    }

    public static UsageRecordedBatch Batch(long firstSequence, params UsageRecorded[] events) =>
        new() { EdgeId = EdgeId, Epoch = 1, FirstSequence = firstSequence, Events = events };

    public static RequestCompletedBatch Batch(long firstSequence, params RequestCompleted[] events) =>
        new() { EdgeId = EdgeId, Epoch = 1, FirstSequence = firstSequence, Events = events };
}
