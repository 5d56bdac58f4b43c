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
        Model = when.Globs("model"),
        Pii = when.OptionalFlag("pii"),
        LatencyClass = when.OptionalName("latency_class"),
        QueueDepthOver = when.OptionalInteger("queue_depth_over", 0, 1_000_000),
        Percent = when.OptionalInteger("percent", 1, 100),
    };

    private static RouteTarget ReadTarget(SectionReader use) => new()
    {
        Model = use.OptionalText("model"),
        Local = use.Flag("local", fallback: false),
    };
}
