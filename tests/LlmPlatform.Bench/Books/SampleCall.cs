using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Bench.Books;

/// <summary>The events of a small chat with everything on, as the edge makes them: one attempt, six budgets.</summary>
internal sealed class SampleCall
{
    private readonly UsageRecorded _usage;
    private readonly CallIntent _intent;
    private readonly RequestCompleted _completed;

    private SampleCall(UsageRecorded usage, CallIntent intent, RequestCompleted completed) =>
        (_usage, _intent, _completed) = (usage, intent, completed);

    public static SampleCall At(DateTimeOffset occurredAt, string key = "bench-key", int budgets = 6)
    {
        var usage = Usage(occurredAt, key) with
        {
            Budgets =
            [
                .. Enumerable.Range(1, budgets).Select(number => new HeldBudget
                {
                    BudgetId = $"{key}-budget-{number}",
                    Revision = 1,
                    PeriodId = $"m:{occurredAt:yyyy-MM}",
                }),
            ],
        };
        var intent = new CallIntent
        {
            Estimate = usage with { EventVersion = 1, RawUsage = null, EndsRequest = false },
            Route = "/v1/chat/completions",
            RequestBytes = 1024,
            Price = new Price
            {
                VersionId = "bench",
                Sku = usage.Sku,
                EffectiveFrom = DateTimeOffset.UnixEpoch,
                Input = 0.01m,
                Output = 0.02m,
            },
        };
        return new SampleCall(usage, intent, Completed(usage));
    }

    private static UsageRecorded Usage(DateTimeOffset occurredAt, string key) => new()
    {
        EventId = Guid.Empty,
        EventVersion = 2,
        RequestId = Guid.Empty,
        Attempt = 1,
        Part = 0,
        OccurredAt = occurredAt,
        RecordedAt = occurredAt,
        Tenant = "bench",
        Team = "load",
        Project = "bench",
        KeyId = key,
        KeyName = key,
        Operation = "chat.completions",
        ModelRequested = "bench-small",
        Model = "bench-small",
        Provider = "mock",
        ProviderModel = "bench-small",
        ProviderRequestId = "chatcmpl-0123456789abcdef",
        Outcome = UsageOutcomes.Completed,
        UsageSource = UsageSources.Provider,
        RawUsage = """{"prompt_tokens":250,"completion_tokens":200,"total_tokens":450}""",
        Tokens = new TokenUsage { InputUncached = 250, OutputText = 200 },
        Sku = PriceSku.For("bench-small", "mock", "bench-small"),
        CostNanoUsd = 6_500,
        Budgets = [],
        EndsRequest = true,
    };

    private static RequestCompleted Completed(UsageRecorded usage) => new()
    {
        EventId = Guid.Empty,
        RequestId = Guid.Empty,
        OccurredAt = usage.OccurredAt,
        Duration = TimeSpan.FromMilliseconds(1.25),
        TimeToFirstToken = TimeSpan.FromMilliseconds(1.2),
        Route = "/v1/chat/completions",
        Tenant = usage.Tenant,
        Team = usage.Team,
        KeyId = usage.KeyId,
        KeyName = usage.KeyName,
        ModelRequested = usage.ModelRequested,
        Model = usage.Model,
        Provider = usage.Provider,
        Status = 200,
        Attempts =
        [
            new AttemptSummary
            {
                Attempt = 1,
                Provider = usage.Provider,
                ProviderModel = usage.ProviderModel,
                Outcome = usage.Outcome,
                Duration = TimeSpan.FromMilliseconds(1),
            },
        ],
        RequestBytes = 1024,
        ResponseBytes = 1024,
        InputTokens = 250,
        OutputTokens = 200,
        CostNanoUsd = usage.CostNanoUsd,
    };

    /// <summary>The JSON of what such a call consumed.</summary>
    public ReadOnlySpan<byte> UsageOf(Guid requestId)
    {
        var record = SpoolRecordBuffer.OfThisThread.LayOut(
            _usage with { EventId = EventIdentity.Usage(requestId, 1, 0), RequestId = requestId });
        return record[SpoolFrame.HeaderLength..];
    }

    /// <summary>Writes a call of its kind to the spool: intent, usage, completion, as the pipeline does.</summary>
    public async ValueTask RecordAsync(UsageSpool spool, Guid requestId)
    {
        var eventId = EventIdentity.Usage(requestId, 1, 0);
        var estimate = _intent.Estimate with { EventId = eventId, RequestId = requestId };
        spool.RecordIntent(_intent with { Estimate = estimate });
        await spool.RecordUsageAsync(_usage with { EventId = eventId, RequestId = requestId });
        spool.RecordCompletion(
            _completed with { EventId = EventIdentity.Completion(requestId), RequestId = requestId }, admitted: true);
    }
}
