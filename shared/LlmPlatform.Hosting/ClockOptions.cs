using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting;

/// <summary>What time this process believes it is: <c>Clock__…</c> in the environment.</summary>
public sealed class ClockOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Clock";

    /// <summary>
    /// By how much its clock is wrong: how a rehearsal shows that a wrong clock costs no money. Default none; at most
    /// a day either way.
    /// </summary>
    [Range(typeof(TimeSpan), "-1.00:00:00", "1.00:00:00")]
    public TimeSpan Offset { get; init; }
}
