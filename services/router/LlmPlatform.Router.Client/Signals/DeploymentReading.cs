namespace LlmPlatform.Router.Client;

/// <summary>
/// What is known of one deployment at a moment; <see cref="DeploymentSignals"/> says what each means.
/// </summary>
public sealed record DeploymentReading
{
    /// <summary>The provider's configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's own model name.</summary>
    public required string Model { get; init; }

    /// <summary>Calls under way.</summary>
    public required int InFlight { get; init; }

    /// <summary>Failures since the last success.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>How long its circuit stays open; zero where a call may try it, null where it is closed.</summary>
    public TimeSpan? Open { get; init; }

    /// <summary>Whether one call tries it right now.</summary>
    public bool IsOnTrial { get; init; }

    /// <summary>How long it must not be called.</summary>
    public TimeSpan Cooling { get; init; }

    /// <summary>How long others are preferred to it.</summary>
    public TimeSpan Avoided { get; init; }

    /// <summary>Seconds to the first byte of a stream, of late; 0 where none was seen.</summary>
    public double StreamedSeconds { get; init; }

    /// <summary>Seconds to a whole answer, of late; 0 where none was seen.</summary>
    public double WholeSeconds { get; init; }
}
