using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting.Tests.Options;

internal sealed class SampleOptions
{
    [Range(1, 10)]
    public int Count { get; init; } = 5;

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(5);

    public bool Loud { get; init; }

    public DayOfWeek Day { get; init; }

    [Range(1, 10)]
    public int? Perhaps { get; init; }

    public int Twice => Count * 2;
}
