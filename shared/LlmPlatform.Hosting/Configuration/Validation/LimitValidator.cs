using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class LimitValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var first = new Dictionary<(ScopeReference, LimitEach?), int>();
        for (var i = 0; i < configuration.Limits.Count; i++)
        {
            var (path, limit) = ($"limits[{i}]", configuration.Limits[i]);
            if (!HasFigure(limit) && !reading.HasFaultWithin(path))
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

    private static bool HasFigure(LimitConfiguration limit) =>
        (limit.RequestsPerMinute ?? limit.RequestsPerHour ?? limit.RequestsPerDay
            ?? limit.TokensPerMinute ?? limit.TokensPerHour ?? limit.TokensPerDay ?? limit.MaxParallel) is not null;
}
