namespace LlmPlatform.Edge.Admission;

/// <summary>What becomes of a call that has something to enforce while Redis is away.</summary>
internal enum RedisAwayMode
{
    /// <summary>It is refused with 503: a limit that cannot be checked is not a limit.</summary>
    FailClosed,

    /// <summary>It goes on, up to a number of calls for each key at this edge.</summary>
    Allowlist,

    /// <summary>It goes on within this edge's share of what was left.</summary>
    LocalShare,

    /// <summary>It goes on, and is counted when Redis is back.</summary>
    Observe,
}
