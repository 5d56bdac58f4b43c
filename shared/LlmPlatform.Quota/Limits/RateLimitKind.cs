namespace LlmPlatform.Quota;

/// <summary>Which figure of a <see cref="RateLimitDefinition"/>.</summary>
public enum RateLimitKind
{
    /// <summary>Calls in any second.</summary>
    RequestsPerSecond,

    /// <summary>Calls in any minute.</summary>
    RequestsPerMinute,

    /// <summary>Calls in any hour.</summary>
    RequestsPerHour,

    /// <summary>Calls in any day.</summary>
    RequestsPerDay,

    /// <summary>Tokens in any second.</summary>
    TokensPerSecond,

    /// <summary>Tokens in any minute.</summary>
    TokensPerMinute,

    /// <summary>Tokens in any hour.</summary>
    TokensPerHour,

    /// <summary>Tokens in any day.</summary>
    TokensPerDay,

    /// <summary>Calls that may arrive at once.</summary>
    Burst,

    /// <summary>Calls open at once.</summary>
    Parallel,
}
