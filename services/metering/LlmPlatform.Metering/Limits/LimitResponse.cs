namespace LlmPlatform.Metering.Limits;

/// <summary>A limit as the admin API shows it.</summary>
internal sealed record LimitResponse(
    string Id,
    string Scope,
    string? Each,
    long? RequestsPerSecond,
    long? RequestsPerMinute,
    long? RequestsPerHour,
    long? RequestsPerDay,
    long? TokensPerSecond,
    long? TokensPerMinute,
    long? TokensPerHour,
    long? TokensPerDay,
    int? MaxParallel,
    int? Burst,
    string Source,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt)
{
    public static LimitResponse Of(RateLimit limit) => new(
        limit.Id,
        limit.Scope,
        limit.Each,
        limit.Figures.RequestsPerSecond,
        limit.Figures.RequestsPerMinute,
        limit.Figures.RequestsPerHour,
        limit.Figures.RequestsPerDay,
        limit.Figures.TokensPerSecond,
        limit.Figures.TokensPerMinute,
        limit.Figures.TokensPerHour,
        limit.Figures.TokensPerDay,
        limit.Figures.MaxParallel,
        limit.Figures.Burst,
        limit.Source,
        limit.CreatedAt,
        limit.ChangedAt);
}
