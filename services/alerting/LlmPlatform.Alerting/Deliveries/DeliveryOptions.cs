using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>How deliveries are carried out: <c>Alerting__Deliveries__…</c> in the environment.</summary>
internal sealed class DeliveryOptions : IValidatableObject
{
    public const string Section = "Alerting:Deliveries";

    private const int MaxPauses = 32;

    private static readonly TimeSpan[] DefaultPauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
    ];

    /// <summary>How often what is due is looked for; a new alert does not wait for it. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often it is looked whether what was set aside for a channel can be sent; a change of the file does not wait
    /// for it. Default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan TakeUpInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// After which a claimed delivery is due again, should its process have died; longer than an attempt. Default 2
    /// min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:01", "01:00:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After which a failed attempt is the last. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Pauses between attempts, the last one again and again, each up to a fifth shorter or longer; 1 to 32 of them,
    /// each above zero. Default 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 6 h, 12 h.
    /// </summary>
    public IReadOnlyList<TimeSpan>? Pauses { get; init; }

    /// <summary>Channels that are sent to at once; each is sent one notice at a time. Default 16.</summary>
    [Range(1, 256)]
    public int ChannelsAtOnce { get; init; } = 16;

    /// <summary>Notices that one message gathers at most. Default 40.</summary>
    [Range(2, 200)]
    public int GatheredMax { get; init; } = 40;

    /// <summary>Pause between two attempts to store an alert while PostgreSQL does not answer. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The pause after that many failures, jitter included.</summary>
    /// <param name="failures">From 1.</param>
    /// <param name="chance">0 to 1: where in the range of the jitter.</param>
    public TimeSpan PauseAfter(int failures, double chance)
    {
        const double jitter = 0.2;
        var pauses = Pauses ?? DefaultPauses;
        return pauses[Math.Min(failures, pauses.Count) - 1] * (1 - jitter + (2 * jitter * chance));
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Pauses is not null && (Pauses.Count is < 1 or > MaxPauses || Pauses.Any(pause => pause <= TimeSpan.Zero)))
            yield return new ValidationResult("must be 1 to 32 pauses, each above zero.", [nameof(Pauses)]);
    }
}
