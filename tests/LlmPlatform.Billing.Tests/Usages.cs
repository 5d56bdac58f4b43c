using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Tests;

/// <summary>Usage as edges record it, and the configuration it is priced by.</summary>
internal static class Usages
{
    public static readonly Guid Edge = new("0f7d7b52-6a0e-4a35-a6a0-8a64d7d1a001");
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static PlatformConfiguration Configuration(string timeZone = "UTC", decimal input = 2.5m) => new()
    {
        Server = new ServerConfiguration { TimeZone = timeZone },
        Models =
        [
            Model("small", new PriceConfiguration
            {
                Input = input, Output = 10m, CachedInput = 1.25m, Reasoning = 12m, WebSearch = 10m, WebFetch = 0.5m,
            }),
            Model("large", new PriceConfiguration
            {
                Input = 15m, Output = 75.000001m, CacheWrite5m = 18.75m, Request = 0.002m,
            }),
            Model("free", price: null),
        ],
    };

    public static ModelConfiguration Model(string name, PriceConfiguration? price) => new()
    {
        Name = name,
        Price = price is null ? null : new PriceSchedule([price]),
        Deployments = [new DeploymentConfiguration { Provider = "sim", Model = name + "-v1" }],
    };

    public static UsageRecorded Event(
        string tenant = "acme",
        string model = "small",
        DateTimeOffset? at = null,
        TokenUsage? tokens = null,
        Guid? requestId = null,
        int version = 2)
    {
        var request = requestId ?? Guid.CreateVersion7();
        return new UsageRecorded
        {
            EventId = EventIdentity.Usage(request, 1, 0),
            EventVersion = version,
            RequestId = request,
            Attempt = 1,
            Part = 0,
            OccurredAt = at ?? Noon,
            RecordedAt = (at ?? Noon).AddSeconds(2),
            Tenant = tenant,
            Team = "search",
            CostCenter = "4711",
            Project = "x",
            User = "ann",
            KeyId = "key-" + tenant,
            KeyName = tenant + "-ci",
            Operation = "chat.completions",
            ModelRequested = model,
            Model = model,
            Provider = "sim",
            ProviderModel = model + "-v1",
            Outcome = version == 1 ? UsageOutcomes.Recovered : UsageOutcomes.Completed,
            UsageSource = version == 1 ? UsageSources.RecoveredEstimate : UsageSources.Provider,
            Tokens = tokens ?? new TokenUsage { InputUncached = 1000, OutputText = 200 },
            Sku = PriceSku.For(model, "sim", model + "-v1"),
            CostNanoUsd = 0,
            Budgets = [],
        };
    }

    /// <summary>Random but repeatable events, every meter in use.</summary>
    public static IReadOnlyList<UsageRecorded> Many(int count, Random random) =>
    [
        .. Enumerable.Range(0, count).Select(_ => Event(
            tenant: Pick(random, "acme", "zeta", "täst' \\ 公司"),
            model: Pick(random, "small", "large", "free"),
            at: Noon.AddSeconds(random.Next(-40 * 86_400, 40 * 86_400)).AddMilliseconds(random.Next(1000)),
            tokens: new TokenUsage
            {
                InputUncached = random.Next(200_000),
                CacheRead = random.Next(100_000),
                CacheWrite5m = random.Next(10_000),
                CacheWrite1h = random.Next(10_000),
                OutputText = random.Next(16_000),
                OutputReasoning = random.Next(16_000),
                AudioIn = random.Next(100),
                AudioOut = random.Next(100),
                WebSearches = random.Next(10) / 7,
                WebFetches = random.Next(10) / 8,
            },
            version: random.Next(10) == 0 ? 1 : 2) with { Team = Pick(random, "search", "ads", null!) }),
    ];

    public static UsageRecordedBatch Envelope(long firstSequence, params IReadOnlyList<UsageRecorded> events) => new()
    {
        EdgeId = Edge,
        Epoch = 1,
        FirstSequence = firstSequence,
        Events = events,
    };

    /// <summary>Puts events in envelopes of random sizes.</summary>
    public static IReadOnlyList<UsageRecordedBatch> Envelopes(IReadOnlyList<UsageRecorded> events, Random random)
    {
        var envelopes = new List<UsageRecordedBatch>();
        for (var i = 0; i < events.Count;)
        {
            var size = Math.Min(1 + random.Next(20), events.Count - i);
            envelopes.Add(Envelope(i + 1, [.. events.Skip(i).Take(size)]));
            i += size;
        }

        return envelopes;
    }

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
