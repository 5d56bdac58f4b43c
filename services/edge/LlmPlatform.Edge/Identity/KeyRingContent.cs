namespace LlmPlatform.Edge.Identity;

/// <summary>All that an edge knows of callers, as it is kept on disk.</summary>
internal sealed record KeyRingContent
{
    /// <summary>The version of the keys.</summary>
    public required long Version { get; init; }

    /// <summary>Who calls, by the hash of the secret they show.</summary>
    public required IReadOnlyDictionary<string, CallerIdentity> Callers { get; init; }

    /// <summary>What callers by token belong to.</summary>
    public required IReadOnlyDictionary<string, KnownTenant> Tenants { get; init; }

    /// <summary>What a caller by token takes from the tenant the token names.</summary>
    internal sealed record KnownTenant
    {
        public string? Tier { get; init; }

        /// <summary>By team; a team without one has null.</summary>
        public required IReadOnlyDictionary<string, string?> CostCenters { get; init; }

        /// <summary>The users who may not call.</summary>
        public required HashSet<string> InactiveUsers { get; init; }
    }
}
