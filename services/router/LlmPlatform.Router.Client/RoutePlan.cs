namespace LlmPlatform.Router.Client;

/// <summary>Where a call may go.</summary>
public readonly record struct RoutePlan
{
    /// <summary>
    /// Every place it may be sent to, the first choice first; those that must not be tried right now are last. Empty
    /// when it is refused, or nothing is published under the name.
    /// </summary>
    public required IReadOnlyList<RouteCandidate> Candidates { get; init; }

    /// <summary>The rule that decided; null when none matched.</summary>
    public RoutedRule? Rule { get; init; }

    /// <summary>Why the rule refuses the call; null when it does not.</summary>
    public string? Refusal { get; init; }

    /// <summary>What the call needs and none of its candidates can; none where some can.</summary>
    public CandidateLack Lack { get; init; }
}
