using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Billing;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Contracts.Identity;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Contracts.Tests;

/// <summary>One of every message that travels, with every member filled in.</summary>
internal static class Messages
{
    private static readonly DateTimeOffset _at = new(2026, 11, 21, 8, 30, 15, 250, TimeSpan.Zero);

    public static IReadOnlyList<object> All { get; } =
    [
        new AdminChangeRecorded
        {
            ChangeId = Id(1),
            ChangedAt = _at,
            Actor = "master",
            Action = "key.created",
            Resource = "key:acme-ci",
            Tenant = "acme",
            Summary = """{"role":"user"}""",
        },
        new BudgetPeriodEnded { BudgetId = "b1", PeriodId = "m:2026-11", EndedAt = _at },
        new BudgetPeriodOpened
        {
            BudgetId = "b1",
            PeriodId = "m:2026-11",
            Revision = 3,
            StartsAt = _at,
            EndsAt = _at.AddDays(30),
        },
        new BudgetThresholdCrossed
        {
            BudgetId = "b1",
            BudgetName = "acme-month",
            Scope = "tenant:acme",
            PeriodId = "m:2026-11",
            PeriodStartsAt = _at,
            PeriodEndsAt = _at.AddDays(30),
            ThresholdBasisPoints = 8000,
            SpentNanoUsd = 400_000_000_001,
            LimitNanoUsd = 500_000_000_000,
            SpentTokens = 800_000,
            LimitTokens = 1_000_000,
            Enforced = true,
            Channels = ["finance-mail", "ops-slack"],
            TimeZone = "Asia/Taipei",
            SharedUsers = ["ann", "bo"],
            Episode = 1,
            CrossedAt = _at,
        },
        new BudgetThresholdRearmed
        {
            BudgetId = "b1",
            PeriodId = "m:2026-11",
            ThresholdBasisPoints = 8000,
            Episode = 1,
            RearmedAt = _at,
        },
        new BudgetSpendingObserved
        {
            BudgetId = "b1",
            BudgetName = "acme-month",
            Scope = "tenant:acme",
            PeriodId = "m:2026-11",
            PeriodStartsAt = _at,
            PeriodEndsAt = _at.AddDays(30),
            TimeZone = "Asia/Taipei",
            SpentNanoUsd = 400_000_000_001,
            LimitNanoUsd = 500_000_000_000,
            SpentTokens = 800_000,
            LimitTokens = 1_000_000,
            Enforced = true,
            Channels = ["finance-mail", "ops-slack"],
            SharedUsers = ["ann", "bo"],
            ObservedAt = _at,
        },
        new ConditionObserved
        {
            Condition = "provider.down",
            Subject = "openai",
            Holds = true,
            Value = 0.25m,
            Limit = 0.2m,
            Detail = "timeout",
            ObservedAt = _at,
            GoodFor = TimeSpan.FromMinutes(5),
        },
        new BudgetUsageAdvanced
        {
            BudgetId = "b1",
            PeriodId = "m:2026-11",
            Revision = 3,
            SpentNanoUsd = long.MaxValue,
            LimitNanoUsd = 500_000_000_000,
            SpentTokens = 800_000,
            LimitTokens = 1_000_000,
            Refused = true,
            ObservedAt = _at,
        },
        new KeysChanged { Version = 41 },
        new LimitsChanged { Version = 42 },
        new PriceBookPublished { Version = 43 },
        new RequestCompletedBatch
        {
            EdgeId = Id(2),
            Epoch = 1,
            FirstSequence = 17,
            Events = [Completed()],
        },
        new RoutingSnapshotPublished { Version = 44 },
        new UsageRecordedBatch { EdgeId = Id(2), Epoch = 1, FirstSequence = 9, Events = [Usage()] },
        new BillIssued
        {
            BillId = "bill_acme_2026-11",
            Number = "INV-000001",
            Tenant = "acme",
            Period = "2026-11",
            Currency = "EUR",
            Payable = 1234.50m,
            IssuedAt = _at,
            Papers =
            [
                new BillPaper
                {
                    Name = "INV-000001.pdf",
                    MediaType = "application/pdf",
                    Path = "/internal/v1/bills/bill_acme_2026-11/papers/pdf",
                },
            ],
        },
        new EdgeWatermark
        {
            EdgeId = Id(1),
            Epoch = 3,
            LastSequence = 4711,
            OpenSince = _at,
            SaidAt = _at,
            IsRetired = true,
        },
        new HoldsExpired
        {
            ExpiredAt = _at,
            Holds = [new HoldsExpired.ExpiredHold { RequestId = Id(2), FreedNanoUsd = 1_500_000 }],
        },
        new UnpricedUsageFound
        {
            Sku = "gpt-9@openai/gpt-9",
            Model = "gpt-9",
            Provider = "openai",
            ServiceTier = "flex",
            FoundAt = _at,
        },
        new DeploymentDemoted
        {
            Provider = "openai",
            ProviderModel = "gpt-9",
            DemotedAt = _at,
            Reason = "12 % of its attempts failed",
        },
        new DeploymentRestored
        {
            Provider = "openai",
            ProviderModel = "gpt-9",
            DemotedAt = _at,
            Reason = "12 % of its attempts failed",
            RestoredAt = _at,
        },
        new UnpricedUsageRated { Sku = "gpt-9@openai/gpt-9", ServiceTier = "flex", RatedAt = _at },
    ];

    public static object Named(string name) => All.Single(message => message.GetType().Name == name);

    private static RequestCompleted Completed() => new()
    {
        EventId = Id(3),
        RequestId = Id(4),
        OccurredAt = _at,
        Duration = TimeSpan.FromMilliseconds(1234),
        TimeToFirstToken = TimeSpan.FromTicks(4_567_891),
        Route = "/v1/chat/completions",
        Tenant = "acme",
        Team = "search",
        User = "ann@example.com",
        KeyId = "k1",
        KeyName = "acme-ci",
        ModelRequested = "gpt-4o",
        Model = "gpt-4o",
        Provider = "openai",
        IsStream = true,
        Status = 402,
        ErrorCode = "budget_exceeded",
        RefusedBudget = new RefusedBudget { BudgetId = "b1", PeriodId = "m:2026-11", HeldOnly = true },
        Attempts =
        [
            new AttemptSummary
            {
                Attempt = 1,
                Provider = "openai",
                ProviderModel = "gpt-4o-2024-11-20",
                Outcome = "http_503",
                Status = 503,
                Duration = TimeSpan.FromMilliseconds(80),
            },
        ],
        FallbackReason = "http_503",
        RequestBytes = 1000,
        ResponseBytes = 2000,
        InputTokens = 30,
        OutputTokens = 40,
        CostNanoUsd = 475_000,
        Recovered = true,
    };

    private static UsageRecorded Usage() => new()
    {
        EventId = Id(5),
        EventVersion = 2,
        RequestId = Id(4),
        Attempt = 1,
        Part = 1,
        OccurredAt = _at,
        RecordedAt = _at.AddTicks(1),
        Tenant = "acme",
        Team = "search",
        CostCenter = "4711",
        Project = "x",
        User = "ann@example.com",
        KeyId = "k1",
        KeyName = "acme-ci",
        Operation = "chat.completions",
        ModelRequested = "gpt-4",
        Model = "gpt-4o",
        Provider = "openai",
        ProviderModel = "gpt-4o-2024-11-20",
        ProviderRequestId = "chatcmpl-1",
        IsStream = true,
        Outcome = UsageOutcomes.Completed,
        UsageSource = UsageSources.Provider,
        RawUsage = """{"prompt_tokens":12}""",
        ServiceTier = "priority",
        Region = "eu",
        Tags = [new UsageTag { Key = "env", Value = "production" }],
        Tokens = new TokenUsage
        {
            InputUncached = 1,
            CacheRead = 2,
            CacheWrite5m = 3,
            CacheWrite1h = 4,
            OutputText = 5,
            OutputReasoning = 6,
            AudioIn = 7,
            AudioOut = 8,
            ImageIn = 9,
            ImageOut = 10,
            WebSearches = 11,
            WebFetches = 12,
        },
        Sku = "gpt-4o@openai/gpt-4o-2024-11-20",
        PriceVersion = "p1",
        CostNanoUsd = 475_000,
        Budgets = [new HeldBudget { BudgetId = "b1", Revision = 3, PeriodId = "m:2026-11" }],
        EndsRequest = true,
    };

    private static Guid Id(int number) => new(number, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 1]);
}
