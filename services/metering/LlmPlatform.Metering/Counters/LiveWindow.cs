namespace LlmPlatform.Metering.Counters;

/// <summary>A stretch of UTC time that live usage is counted in, by when its requests were admitted.</summary>
/// <param name="Name">As the admin API calls it.</param>
/// <param name="Length">How long it is.</param>
internal sealed record LiveWindow(string Name, TimeSpan Length)
{
    public static IReadOnlyList<LiveWindow> All { get; } =
    [
        new("minute", TimeSpan.FromMinutes(1)),
        new("hour", TimeSpan.FromHours(1)),
        new("day", TimeSpan.FromDays(1)),
    ];

    public DateTimeOffset StartOf(DateTimeOffset instant) => new(
        instant.UtcTicks - (instant.UtcTicks % Length.Ticks), TimeSpan.Zero);

    public string KeyAt(DateTimeOffset instant) =>
        FormattableString.Invariant($"live:{{q}}:{Name}:{StartOf(instant).ToUnixTimeSeconds()}");
}
