using LlmPlatform.Hosting;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>
/// Knows callers by the signed tokens of an identity provider (JWT). A token is verified once and remembered until it
/// expires, as long as the keys that signed it are in force; from then on it costs a hash and a look-up.
/// </summary>
internal sealed class TokenAuthentication(
    TokenIssuers issuers, KeyRingFeed keys, TokenOptions options, TimeProvider clock)
{
    private const int MaxNameLength = 200;

    private readonly BoundedCache<TokenDigest, VerifiedToken> _good = new(options.RememberedMax);

    /// <summary>Whether it is a token that may be judged here, and no virtual key.</summary>
    public bool Judges(ReadOnlySpan<char> text) => issuers.AreAny && TokenText.IsLikely(text);

    /// <summary>Names the caller, or says why not.</summary>
    public ValueTask<GatewayError?> IdentifyAsync(GatewayCall call, ReadOnlySpan<char> text)
    {
        if (text.Length > options.MaxTokenLength)
        {
            return new(GatewayError.InvalidApiKey($"The token is longer than {options.MaxTokenLength} characters."));
        }

        var digest = TokenDigest.Of(text);
        return _good.TryGet(digest, out var known) && issuers.Stand(known.Issuer, known.Keys)
            ? new(Admit(call, known))
            : VerifyAsync(call, text.ToString(), digest);
    }

    private async ValueTask<GatewayError?> VerifyAsync(GatewayCall call, string text, TokenDigest digest)
    {
        if (!TokenText.TryRead(text, out var token))
        {
            return GatewayError.InvalidApiKey("The token cannot be read: it is damaged, or of a kind not known here.");
        }

        if (token.Issuer is not { } name || issuers.Find(name) is not { } issuer)
        {
            return GatewayError.InvalidApiKey("The token is of an issuer that is not known here.");
        }

        var set = await issuer.ForAsync(token.KeyId, token.Algorithm, call.Http.RequestAborted);
        if (set is null)
        {
            return GatewayError.IdentityUnavailable();
        }

        // Which of these it was is nobody's business but the issuer's: a key not known, another algorithm, a signature
        // that is not the key's.
        if (set.Find(token.KeyId, token.Algorithm) is not { } key || !token.IsSignedBy(key))
        {
            return GatewayError.InvalidApiKey("The token is not signed by its issuer.");
        }

        if (FaultOf(token, issuer) is { } fault)
        {
            return fault;
        }

        var verified = Read(token, issuer, set);
        _good.Set(digest, verified);
        return Admit(call, verified);
    }

    private static GatewayError? FaultOf(TokenText token, IssuerKeys issuer)
    {
        var entry = issuer.Issuer;
        if (!token.Holds("aud", entry.Audience))
        {
            return GatewayError.InvalidApiKey(
                $"The token is not for this gateway, whose audience is '{entry.Audience}'.");
        }

        if (token.Moment("exp") is null)
        {
            return GatewayError.InvalidApiKey("The token does not say when it expires.");
        }

        if (token.Claims.TryGetProperty("nbf", out _) && token.Moment("nbf") is null)
        {
            return GatewayError.InvalidApiKey("The token's nbf is no time.");
        }

        if (entry.Scope is { } scope && !token.HasScope(scope))
        {
            return GatewayError.TokenNotAllowed($"The token lacks the scope '{scope}'.");
        }

        string?[] names = [entry.TenantClaim, entry.TeamClaim, entry.UserClaim, entry.TierClaim];
        return names.OfType<string>().FirstOrDefault(claim => token.Text(claim)?.Length > MaxNameLength) is { } tooLong
            ? GatewayError.InvalidApiKey($"The token's '{tooLong}' is longer than {MaxNameLength} characters.")
            : token.Text(entry.TenantClaim) is { Length: > 0 } ? null
            : GatewayError.TokenNotAllowed($"The token names no tenant: it has no text in '{entry.TenantClaim}'.");
    }

    private static VerifiedToken Read(TokenText token, IssuerKeys issuer, SigningKeySet set) => new()
    {
        Issuer = issuer,
        Keys = set,
        Tenant = token.Text(issuer.Issuer.TenantClaim)!,
        Team = Claim(token, issuer.Issuer.TeamClaim),
        User = Claim(token, issuer.Issuer.UserClaim),
        Tier = Claim(token, issuer.Issuer.TierClaim),
        ExpiresAt = token.Moment("exp")!.Value,
        NotBefore = token.Moment("nbf"),
    };

    private static string? Claim(TokenText token, string? name) =>
        name is not null && token.Text(name) is { Length: > 0 } text ? text : null;

    private GatewayError? Admit(GatewayCall call, VerifiedToken token)
    {
        var now = clock.GetUtcNow();
        if (now - options.ClockSkew >= token.ExpiresAt)
        {
            return GatewayError.InvalidApiKey("The token has expired. Get a new one from its issuer.");
        }

        if (now + options.ClockSkew < token.NotBefore)
        {
            return GatewayError.InvalidApiKey("The token is not valid yet.");
        }

        var refusal = token.CallerIn(keys.Current, out var caller);
        call.Caller = caller;
        return refusal;
    }
}
