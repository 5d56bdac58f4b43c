namespace LlmPlatform.Scenarios.Outages;

/// <summary>How far a tenant goes on without Redis, as <c>Edge__RedisAway__Tenants__…</c> names it.</summary>
public enum AwayMode
{
    /// <summary>Not at all.</summary>
    FailClosed,

    /// <summary>So many calls for each key.</summary>
    Allowlist,

    /// <summary>As if nothing were.</summary>
    Observe,

    /// <summary>Within the edge's share of what was left.</summary>
    LocalShare,
}
