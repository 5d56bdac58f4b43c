using System.Globalization;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Metering.Limits;

/// <summary>The figures of a limit; one that is null does not limit.</summary>
internal sealed record RateFigures
{
    public long? RequestsPerSecond { get; init; }

    public long? RequestsPerMinute { get; init; }

    public long? RequestsPerHour { get; init; }

    public long? RequestsPerDay { get; init; }

    public long? TokensPerSecond { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? TokensPerHour { get; init; }

    public long? TokensPerDay { get; init; }

    public int? MaxParallel { get; init; }

    public int? Burst { get; init; }

    public static RateFigures Of(LimitConfiguration declared) => new()
    {
        RequestsPerSecond = declared.RequestsPerSecond,
        RequestsPerMinute = declared.RequestsPerMinute,
        RequestsPerHour = declared.RequestsPerHour,
        RequestsPerDay = declared.RequestsPerDay,
        TokensPerSecond = declared.TokensPerSecond,
        TokensPerMinute = declared.TokensPerMinute,
        TokensPerHour = declared.TokensPerHour,
        TokensPerDay = declared.TokensPerDay,
        MaxParallel = declared.MaxParallel,
        Burst = declared.Burst,
    };

    /// <summary>In words, for the audit trail.</summary>
    public string Describe() => string.Join(", ", Named()
        .Where(figure => figure.Value is not null)
        .Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Value}")));

    /// <summary>Every figure by the name it has in the file and in the admin API.</summary>
    public IEnumerable<(string Name, long? Value)> Named() =>
    [
        ("requests_per_second", RequestsPerSecond),
        ("requests_per_minute", RequestsPerMinute),
        ("requests_per_hour", RequestsPerHour),
        ("requests_per_day", RequestsPerDay),
        ("tokens_per_second", TokensPerSecond),
        ("tokens_per_minute", TokensPerMinute),
        ("tokens_per_hour", TokensPerHour),
        ("tokens_per_day", TokensPerDay),
        ("max_parallel", MaxParallel),
        ("burst", Burst),
    ];
}
