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

    /// <summary>The scope a token must hold; null: none is asked.</summary>
    public string? Scope { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
