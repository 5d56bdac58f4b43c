using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Quota;

/// <summary>How long holds live and how long Redis may take: <c>Quota__Holds__…</c> in the environment.</summary>
public sealed class HoldOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Quota:Holds";

    /// <summary>How long a hold lives unless it is renewed. Default 120 s; renew at a quarter of it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// How long it is remembered that an event was settled. Usage that occurred longer ago and is not remembered is not
    /// counted. Default 48 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "30.00:00:00")]
    public TimeSpan MarkerTtl { get; init; } = TimeSpan.FromHours(48);

    /// <summary>
    /// How long it is remembered that a request has ended, so that a reserve overtaken by its own release holds
    /// nothing. Default 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan EndedRetention { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long Redis may take to admit a call that may also go on without it. Longer than that is a hiccup, which a
    /// call that may not waits out. Default 50 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan ReserveTimeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long a call that may not go on without an answer waits for it in all: Redis is asked again, under the same
    /// id, and only then the call is refused. A pause of either process, as long as a loaded machine makes them, must
    /// not refuse anybody. Nothing below <see cref="ReserveTimeout"/> has an effect. Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan ReserveDeadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Of how many admissions in a row Redis must have answered none, for <see cref="BreakerSilence"/>, until the next
    /// ones do not wait for it. Default 3.
    /// </summary>
    [Range(1, 1_000)]
    public int BreakerFailures { get; init; } = 3;

    /// <summary>
    /// How long nothing at all must have come from Redis, answers that are late included, until it is taken for away.
    /// Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan BreakerSilence { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often one of them asks all the same, to see whether Redis is back. Default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan BreakerProbe { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Reserves of unknown outcome that wait to be undone; more are left to their leases. Default 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PendingReleasesMax { get; init; } = 10_000;
}
