namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>
/// What a token says that was found good, and by which keys: enough to admit its bearer until it expires.
/// </summary>
internal sealed class VerifiedToken
{
    private CallerIdentity? _caller;

    public required IssuerKeys Issuer { get; init; }

    /// <summary>The keys in force when it was verified.</summary>
    public required SigningKeySet Keys { get; init; }

    public required string Tenant { get; init; }

    public string? Team { get; init; }

    public string? User { get; init; }

    public string? Tier { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Who bears it, by the tenants and users of a key ring; made once for each ring.</summary>
    /// <param name="ring">The ring in force.</param>
    /// <param name="caller">Set when null is returned.</param>
    /// <returns>Why the bearer is refused; null when they are not.</returns>
    public GatewayError? CallerIn(KeyRing ring, out CallerIdentity? caller)
    {
        caller = _caller;
        if (caller?.KeysVersion == ring.Version)
        {
            return null;
        }

        if (ring.Tenant(Tenant) is not { } tenant)
        {
            return GatewayError.TokenNotAllowed($"The token is of the tenant '{Tenant}', which is not known here.");
        }

        string? costCenter = null;
        if (Team is not null && !tenant.CostCenters.TryGetValue(Team, out costCenter))
        {
            return GatewayError.TokenNotAllowed($"The token is of the team '{Team}', which '{Tenant}' does not have.");
        }

        if (User is not null && tenant.InactiveUsers.Contains(User))
        {
            return GatewayError.TokenNotAllowed($"The user '{User}' of '{Tenant}' is deactivated.");
        }

        _caller = caller = new CallerIdentity
        {
            KeyId = "jwt_" + TokenDigest.Of($"{Issuer.Issuer.Issuer}\n{Tenant}\n{User}").Name,
            KeyName = "jwt:" + (User ?? Tenant),
            KeysVersion = ring.Version,
            Tenant = Tenant,
            Tier = Tier ?? tenant.Tier,
            Team = Team,
            CostCenter = costCenter,
            User = User,
            Models = Issuer.Issuer.Models,
        };
        return null;
    }
}
