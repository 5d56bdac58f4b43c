namespace LlmPlatform.Hosting.Configuration;

/// <summary>An issuer whose tokens are accepted.</summary>
public sealed record JwtIssuerConfiguration
{
    /// <summary>The <c>iss</c> a token must carry, unique.</summary>
    public required string Issuer { get; init; }

    /// <summary>The <c>aud</c> a token must carry.</summary>
    public required string Audience { get; init; }

    /// <summary>Where its signing keys are published; null only where the file has a fault.</summary>
    public required Uri? JwksUrl { get; init; }

    /// <summary>The claim that names the tenant. Default <c>tenant</c>.</summary>
    public string TenantClaim { get; init; } = "tenant";

    /// <summary>The claim that names a team of the tenant; null: tokens name none.</summary>
    public string? TeamClaim { get; init; }

    /// <summary>The claim that names the user. Default <c>sub</c>.</summary>
    public string UserClaim { get; init; } = "sub";

    /// <summary>The claim that names the tier; null: the tenant's.</summary>
    public string? TierClaim { get; init; }

    /// <summary>The models a bearer may call, by pattern. Default all.</summary>
    public GlobList Models { get; init; } = GlobList.Everything;

    /// <summary>The scope a token must hold; null: none is asked.</summary>
    public string? Scope { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }

    /// <summary>Whether another entry says the same, wherever it stands.</summary>
    public bool SaysTheSameAs(JwtIssuerConfiguration other) =>
        Models.Patterns.SequenceEqual(other.Models.Patterns)
        && this with { Line = other.Line, Models = other.Models } == other;
}
