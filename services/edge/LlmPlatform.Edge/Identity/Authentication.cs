using LlmPlatform.Edge.Identity.Tokens;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Step 1: who is calling. The key comes as a bearer token (OpenAI) or in <c>x-api-key</c> (Anthropic); a
/// token of a known issuer comes the same ways.
/// </summary>
internal sealed class Authentication(KeyRingFeed keys, TokenAuthentication tokens, TimeProvider clock)
{
    private const string Scheme = "Bearer ";

    /// <summary>
    /// Names the caller, or says why not. The refusal never repeats what was shown. It waits only for the signing keys
    /// of a token's issuer, and only for those it has not seen yet.
    /// </summary>
    public ValueTask<GatewayError?> IdentifyAsync(GatewayCall call)
    {
        var secret = SecretOf(call.Http.Request);
        if (secret.IsEmpty)
        {
            return new(GatewayError.InvalidApiKey(
                "No API key was sent. Send one as: Authorization: Bearer <key>."));
        }

        if (!keys.AreTrusted)
        {
            return new(GatewayError.IdentityUnavailable());
        }

        if (keys.Current.Find(secret) is { } caller)
        {
            call.Caller = caller;
            return new(caller.FaultAt(clock.GetUtcNow()));
        }

        return tokens.Judges(secret)
            ? tokens.IdentifyAsync(call, secret)
            : new(GatewayError.InvalidApiKey(
                "The API key is not known. Check it, or ask your platform team for one."));
    }

    private static ReadOnlySpan<char> SecretOf(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header, ..]
            && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && header.AsSpan(Scheme.Length).Trim().Length > 0)
        {
            return header.AsSpan(Scheme.Length).Trim();
        }

        return request.Headers["x-api-key"] is [{ } key, ..] ? key.AsSpan().Trim() : default;
    }
}
