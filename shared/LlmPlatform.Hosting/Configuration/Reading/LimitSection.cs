namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class LimitSection
{
    /// <summary>Counters are compared in Lua, whose numbers are exact up to 2^53; this stays far below.</summary>
    private const long MaxCount = 1_000_000_000_000;

    public static LimitConfiguration Read(SectionReader limit) => new()
    {
        Scope = ScopeSection.Read(limit),
        Each = limit.OptionalChoice<LimitEach>("each"),
        RequestsPerSecond = limit.OptionalLong("requests_per_second", 1, MaxCount),
        RequestsPerMinute = limit.OptionalLong("requests_per_minute", 1, MaxCount),
        RequestsPerHour = limit.OptionalLong("requests_per_hour", 1, MaxCount),
        RequestsPerDay = limit.OptionalLong("requests_per_day", 1, MaxCount),
        TokensPerSecond = limit.OptionalLong("tokens_per_second", 1, MaxCount),
        TokensPerMinute = limit.OptionalLong("tokens_per_minute", 1, MaxCount),
        TokensPerHour = limit.OptionalLong("tokens_per_hour", 1, MaxCount),
        TokensPerDay = limit.OptionalLong("tokens_per_day", 1, MaxCount),
        MaxParallel = limit.OptionalInteger("max_parallel", 1, 1_000_000),
        Burst = limit.OptionalInteger("burst", 1, 1_000_000),
        Line = limit.Line,
    };
}
