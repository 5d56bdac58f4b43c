using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Edge.Idempotency;

/// <summary>What is known of idempotency keys, in Redis.</summary>
internal sealed class IdempotencyStore(RedisClient redis, IdempotencyOptions options)
{
    private static readonly RedisScript ClaimScript = Script("claim.lua");
    private static readonly RedisScript ReplaceScript = Script("replace.lua");

    /// <summary>Claims a key for a call that is about to run.</summary>
    /// <returns>What is known of the key already; null: it is claimed.</returns>
    /// <exception cref="RedisUnavailableException">There was no answer.</exception>
    /// <exception cref="RedisServerException">Redis cannot.</exception>
    public async ValueTask<byte[]?> ClaimAsync(string key, byte[] claim, CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(key).Argument(claim).Argument((long)options.Lease.TotalMilliseconds);
        var reply = await redis.EvaluateAsync(ClaimScript, arguments, options.LookupTimeout, cancellationToken);
        return reply.IsNil ? null : reply.AsUtf8().ToArray();
    }

    /// <summary>Puts something in the place of a claim, if it still stands.</summary>
    /// <param name="key">The key.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="instead">What became of it; empty: the key is free.</param>
    /// <param name="remember">For how long it stands.</param>
    /// <exception cref="RedisUnavailableException">There was no answer.</exception>
    /// <exception cref="RedisServerException">Redis cannot.</exception>
    public async ValueTask ReplaceAsync(string key, byte[] claim, byte[] instead, TimeSpan remember)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(key).Argument(claim).Argument(instead).Argument((long)remember.TotalMilliseconds);
        await redis.EvaluateAsync(ReplaceScript, arguments);
    }

    private static RedisScript Script(string name) =>
        RedisScript.FromEmbedded(typeof(IdempotencyStore).Assembly, $"Idempotency.{name}");
}
