using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Metering.Budgets;

/// <summary>How budget periods are followed: <c>Metering__Budgets__…</c> in the environment.</summary>
internal sealed class BudgetOptions
{
    public const string Section = "Metering:Budgets";

    /// <summary>How often periods are opened, ended and looked through for crossings. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often periods that have ended are looked through for late usage. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan LateSweepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after its end a period is still looked through. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "2.00:00:00")]
    public TimeSpan LateWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many ended periods are looked through at a time, the last to end first. Default 2,000.</summary>
    [Range(1, 100_000)]
    public int LatePeriodsMax { get; init; } = 2_000;

    /// <summary>
    /// After how long a level that the state machine does not show yet is announced again by the sweep. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long periods, and what was announced in them, are kept after their end. Default 400 days; longer than
    /// markers of settled usage live, so that late usage never meets a period whose announcements are forgotten.
    /// </summary>
    [Range(typeof(TimeSpan), "31.00:00:00", "4000.00:00:00")]
    public TimeSpan PeriodRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>
    /// Budget periods whose announced level a process remembers. Forgetting one costs a message that says nothing new.
    /// Default 50,000.
    /// </summary>
    [Range(100, 10_000_000)]
    public int RememberedLevelsMax { get; init; } = 50_000;

    /// <summary>
    /// How far spending must fall below a threshold that was announced before reaching it again is said again, in basis
    /// points of the limit. Default 500: five per cent of it.
    /// </summary>
    [Range(0, 10_000)]
    public int RearmBasisPoints { get; init; } = 500;

    /// <summary>
    /// How often it is said what open periods have spent, while that grows: what forecasts are made of. Default 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SpendingInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Counters read from Redis at a time. Default 64.</summary>
    [Range(1, 1_000)]
    public int ConcurrentReads { get; init; } = 64;
}
