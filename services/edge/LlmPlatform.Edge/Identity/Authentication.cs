using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Step 1: who is calling. The key comes as a bearer token (OpenAI) or in <c>x-api-key</c> (Anthropic).
/// </summary>
internal sealed class Authentication(KeyRingFeed keys, TimeProvider clock)
{
    private const string Scheme = "Bearer ";

    /// <summary>
    /// Names the caller, or says why not. The refusal never repeats the key. It waits only for the signing keys of a
    /// token's issuer, and only for those it has not seen yet.
    /// </summary>
    public ValueTask<GatewayError?> IdentifyAsync(GatewayCall call) => new(Identify(call));

    private GatewayError? Identify(GatewayCall call)
    {
        var secret = SecretOf(call.Http.Request);
        if (secret.IsEmpty)
        {
            return GatewayError.InvalidApiKey("No API key was sent. Send one as: Authorization: Bearer <key>.");
        }

        if (!keys.AreTrusted)
        {
            return GatewayError.IdentityUnavailable();
        }

        if (keys.Current.Find(secret) is not { } caller)
        {
            return GatewayError.InvalidApiKey("The API key is not known. Check it, or ask your platform team for one.");
        }

        call.Caller = caller;
        return caller.FaultAt(clock.GetUtcNow());
    }

    private static ReadOnlySpan<char> SecretOf(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header, ..]
            && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return header.AsSpan(Scheme.Length).Trim();
        }

        return request.Headers["x-api-key"] is [{ } key, ..] ? key.AsSpan().Trim() : default;
    }
}
