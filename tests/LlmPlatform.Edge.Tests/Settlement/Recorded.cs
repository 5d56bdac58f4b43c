using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Edge.Tests.Settlement;

/// <summary>The events of an imagined call.</summary>
internal static class Recorded
{
    public static readonly DateTimeOffset At = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);

    public static readonly Price Price = new()
    {
        VersionId = "v1",
        Sku = "sim/model",
        EffectiveFrom = DateTimeOffset.UnixEpoch,
        Input = 2m,
        Output = 10m,
    };

    public static Guid NewRequest() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    public static CallIntent Intent(Guid request, int attempt = 1) => new()
    {
        Estimate = Usage(request, attempt) with
        {
            EventVersion = 1,
            UsageSource = UsageSources.RecoveredEstimate,
            Outcome = UsageOutcomes.Recovered,
            Tokens = new TokenUsage { InputUncached = 1000 },
            CostNanoUsd = 2_000_000,
            EndsRequest = false,
        },
        Route = "/v1/chat/completions",
        RequestBytes = 512,
        Price = Price,
    };

    public static UsageRecorded Usage(Guid request, int attempt = 1, bool ends = true) => new()
    {
        EventId = EventIdentity.Usage(request, attempt, 0),
        EventVersion = 2,
        RequestId = request,
        Attempt = attempt,
        Part = 0,
        OccurredAt = At,
        RecordedAt = At.AddSeconds(2),
        Tenant = "acme",
        KeyId = "k1",
        KeyName = "acme-ci",
        Operation = "chat.completions",
        ModelRequested = "gpt-4o",
        Model = "gpt-4o",
        Provider = "sim",
        ProviderModel = "gpt-4o",
        Outcome = UsageOutcomes.Completed,
        UsageSource = UsageSources.Provider,
        Tokens = new TokenUsage { InputUncached = 1000, OutputText = 100 },
        Sku = "sim/model",
        PriceVersion = "v1",
        CostNanoUsd = 3_000_000,
        Budgets = [new HeldBudget { BudgetId = "acme-month", Revision = 1, PeriodId = "m:2026-11" }],
        EndsRequest = ends,
    };

    public static RequestCompleted Completion(Guid request, int status = 200) => new()
    {
        EventId = EventIdentity.Completion(request),
        RequestId = request,
        OccurredAt = At,
        Duration = TimeSpan.FromSeconds(2),
        Route = "/v1/chat/completions",
        Status = status,
    };
}
