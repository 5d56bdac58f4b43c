using System.Net.Http.Headers;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>
/// The access token of one service account, kept until shortly before its end. However many calls need a new one,
/// one exchange is under way; the last minutes of a token are enough to get the next without any call waiting. After a
/// failure the token endpoint is left alone for a while, and those that need a token are told what it said.
/// </summary>
internal sealed class AccessTokens(
    TokenExchange exchange, VertexOptions options, TimeProvider clock) : IDisposable
{
    private readonly Lock _gate = new();
    private volatile Held? _held;
    private Task<AccessToken>? _renewal;
    private AccessToken _failure;
    private DateTimeOffset _pausedUntil;

    /// <summary>The token, at once while it is good; its renewal outlives any one call that waits for it.</summary>
    public ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_held is { } held && now < held.UsableUntil)
        {
            if (now >= held.RenewFrom)
            {
                _ = RenewOnceAsync(now);
            }

            return ValueTask.FromResult(held.Token);
        }

        return new ValueTask<AccessToken>(RenewOnceAsync(now).WaitAsync(cancellationToken));
    }

    /// <summary>Puts the token on a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="provider">Whose it is, for the refusal.</param>
    /// <param name="cancellationToken">Ends the wait for a token: a caller who left before has cost nothing.</param>
    /// <exception cref="CredentialUnavailableException">None can be had.</exception>
    public async ValueTask AuthorizeAsync(
        HttpRequestMessage request, string provider, CancellationToken cancellationToken)
    {
        AccessToken token;
        try
        {
            token = await GetAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            token = new AccessToken(null, "the caller left before there was one");
        }

        request.Headers.Authorization = token.Value is { } value
            ? new AuthenticationHeaderValue("Bearer", value)
            : throw new CredentialUnavailableException(
                $"Provider {provider} has no access token for Vertex AI: {token.Fault}.");
    }

    /// <summary>
    /// Says that Google took the token no more: the next call gets another. One that is fresh stays, for the refusal
    /// is then of another, or not the token's fault.
    /// </summary>
    public void Reject()
    {
        lock (_gate)
        {
            if (_held is { } held && clock.GetUtcNow() - held.ObtainedAt > options.FailurePause)
            {
                _held = null;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => exchange.Dispose();

    private Task<AccessToken> RenewOnceAsync(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_renewal is { IsCompleted: false } underWay)
            {
                return underWay;
            }

            // Another call may have renewed it between this one's look and the lock.
            if (_held is { } held && now < held.RenewFrom)
            {
                return Task.FromResult(held.Token);
            }

            return now < _pausedUntil ? Task.FromResult(_failure) : _renewal = Task.Run(RenewAsync);
        }
    }

    private async Task<AccessToken> RenewAsync()
    {
        var askedAt = clock.GetUtcNow();
        var (token, lifetime) = await exchange.RunAsync(askedAt);
        lock (_gate)
        {
            if (token.Value is null)
            {
                _failure = token;
                _pausedUntil = clock.GetUtcNow() + options.FailurePause;
                return token;
            }

            // Where a token lives so shortly that it would be renewed at once, it is used for most of its life.
            var ahead = options.RefreshAhead < lifetime / 4 ? options.RefreshAhead : lifetime / 4;
            _held = new Held(token, askedAt, askedAt + lifetime - ahead, askedAt + lifetime - (ahead / 10));
            return token;
        }
    }

    private sealed record Held(
        AccessToken Token, DateTimeOffset ObtainedAt, DateTimeOffset RenewFrom, DateTimeOffset UsableUntil);
}
