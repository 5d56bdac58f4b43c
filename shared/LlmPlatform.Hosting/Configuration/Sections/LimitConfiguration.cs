namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>limits</c>. A figure that is null is not limited; at least one is given.</summary>
public sealed record LimitConfiguration
{
    /// <summary>What is limited.</summary>
    public required ScopeReference Scope { get; init; }

    /// <summary>Whom it is counted for separately; null: the scope shares one count.</summary>
    public LimitEach? Each { get; init; }

    /// <summary>Calls a second.</summary>
    public long? RequestsPerSecond { get; init; }

    /// <summary>Calls a minute.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Calls an hour.</summary>
    public long? RequestsPerHour { get; init; }

    /// <summary>Calls a day.</summary>
    public long? RequestsPerDay { get; init; }

    /// <summary>Tokens a second.</summary>
    public long? TokensPerSecond { get; init; }

    /// <summary>Tokens a minute.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Tokens an hour.</summary>
    public long? TokensPerHour { get; init; }

    /// <summary>Tokens a day.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Calls open at once.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>
    /// Calls that may arrive at once before <see cref="RequestsPerMinute"/> paces them; null: a whole minute's.
    /// </summary>
    public int? Burst { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
