using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class LimitValidator
{
    private static readonly string[] Figures =
    [
        "requests_per_second", "requests_per_minute", "requests_per_hour", "requests_per_day", "tokens_per_second",
        "tokens_per_minute", "tokens_per_hour", "tokens_per_day", "max_parallel",
    ];

    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var first = new Dictionary<(ScopeReference, LimitEach?), int>();
        for (var i = 0; i < configuration.Limits.Count; i++)
        {
            var (path, limit) = ($"limits[{i}]", configuration.Limits[i]);
            if (!Array.Exists(Figures, key => reading.Gives($"{path}.{key}")))
                reading.Fault(path, "limits nothing; give a figure such as requests_per_minute.");
            if (limit.Burst is not null && limit.RequestsPerMinute is null)
                reading.Fault($"{path}.burst", "bounds a rate that is not given; add requests_per_minute.");
            if (reading.Gives($"{path}.scope") && !reading.HasFaultWithin($"{path}.scope")
                && !first.TryAdd((limit.Scope, limit.Each), limit.Line))
            {
                var line = first[(limit.Scope, limit.Each)];
                reading.Fault(
                    $"{path}.scope", $"is limited on line {line} already; write one entry with all its figures.");
            }
        }
    }
}
