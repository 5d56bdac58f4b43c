namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class AuthSection
{
    public static AuthConfiguration Read(SectionReader auth) => new() { Jwt = auth.Sections("jwt", ReadIssuer) };

    private static JwtIssuerConfiguration ReadIssuer(SectionReader issuer)
    {
        issuer.Require("jwks_url");
        return new JwtIssuerConfiguration
        {
            Issuer = issuer.Text("issuer"),
            Audience = issuer.Text("audience"),
            JwksUrl = issuer.Url("jwks_url"),
            TenantClaim = issuer.OptionalText("tenant_claim") ?? "tenant",
            TeamClaim = issuer.OptionalText("team_claim"),
            UserClaim = issuer.OptionalText("user_claim") ?? "sub",
            TierClaim = issuer.OptionalText("tier_claim"),
            Models = issuer.Globs("models") ?? GlobList.Everything,
            Scope = issuer.OptionalText("scope"),
            Line = issuer.Line,
        };
    }
}
