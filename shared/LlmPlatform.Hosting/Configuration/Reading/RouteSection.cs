namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class RouteSection
{
    public static RouteConfiguration Read(SectionReader route)
    {
        foreach (var key in new[] { "when", "use" })
            route.Require(key);
        return new RouteConfiguration
        {
            When = route.Section("when", ReadCondition) ?? new RouteCondition(),
            Use = route.Section("use", ReadTarget) ?? new RouteTarget(),
            Line = route.Line,
        };
    }

    private static RouteCondition ReadCondition(SectionReader when) => new()
    {
        TenantTier = when.OptionalName("tenant_tier"),
        Tenant = when.OptionalName("tenant"),
        Team = when.OptionalName("team"),
        KeyMetadata = when.TextMap("key_metadata") is { Count: > 0 } labels
            ? labels
            : new RouteCondition().KeyMetadata,
        Model = when.Globs("model"),
        Tag = when.OptionalText("tag"),
        Pii = when.OptionalFlag("pii"),
        LatencyClass = when.OptionalName("latency_class"),
        Region = when.OptionalName("region"),
        Residency = when.OptionalName("residency"),
        Stream = when.OptionalFlag("stream"),
        PromptTokensOver = when.OptionalInteger("prompt_tokens_over", 0, 100_000_000),
        PromptTokensUnder = when.OptionalInteger("prompt_tokens_under", 1, 100_000_000),
        QueueDepthOver = when.OptionalInteger("queue_depth_over", 0, 1_000_000),
        Percent = when.OptionalInteger("percent", 1, 100),
    };

    private static RouteTarget ReadTarget(SectionReader use) => new()
    {
        Model = use.OptionalText("model"),
        Provider = use.OptionalName("provider"),
        Region = use.OptionalName("region"),
        Refuse = use.OptionalText("refuse"),
        Local = use.Flag("local", fallback: false),
    };
}
