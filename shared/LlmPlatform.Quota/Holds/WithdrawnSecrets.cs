using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>
/// Which secrets of keys have been withdrawn, in Redis, where the admission script looks: an edge that has not heard
/// of it yet refuses them all the same. A withdrawal says as of which version of the keys it holds, so that an edge
/// with that version or a later one judges by its own: nothing has to be taken back when a key is let in again, and
/// what is written twice, late or out of order changes nothing.
/// </summary>
public sealed class WithdrawnSecrets(RedisClient redis)
{
    private const int Batch = 1_000;

    /// <summary>Refuses secrets at every edge whose keys are older than a version.</summary>
    /// <param name="secrets">Which, and from when.</param>
    /// <param name="keysVersion">The version of the keys that has it so.</param>
    /// <param name="remember">How long after its death a secret is remembered: as long as keys may be used that
    /// nobody has confirmed.</param>
    /// <param name="cancellationToken">Releases the caller.</param>
    /// <exception cref="QuotaUnavailableException">Redis is away; write them again.</exception>
    public async ValueTask AddAsync(
        IReadOnlyCollection<SecretWithdrawal> secrets,
        long keysVersion,
        TimeSpan remember,
        CancellationToken cancellationToken = default)
    {
        foreach (var batch in secrets.Chunk(Batch))
            await WriteAsync(batch, keysVersion, remember, isComplete: false, cancellationToken);
    }

    /// <summary>The same of every secret there is to remember; <see cref="CompleteToAsync"/> then says so.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public async ValueTask AddAllAsync(
        IReadOnlyCollection<SecretWithdrawal> secrets,
        long keysVersion,
        TimeSpan remember,
        CancellationToken cancellationToken = default)
    {
        await AddAsync(secrets, keysVersion, remember, cancellationToken);
        await WriteAsync([], keysVersion, remember, isComplete: true, cancellationToken);
    }

    /// <summary>The version of the keys up to which every withdrawal is here; null: Redis has been emptied.</summary>
    /// <exception cref="QuotaUnavailableException">Redis is away.</exception>
    public async ValueTask<long?> CompleteToAsync(CancellationToken cancellationToken = default)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.WithdrawnTo);
        var reply = await QuotaAnswer.OfAsync(redis.ExecuteAsync("GET", arguments, null, cancellationToken));
        return reply.IsNil ? null : reply.AsInt64();
    }

    private async ValueTask WriteAsync(
        IReadOnlyList<SecretWithdrawal> secrets,
        long keysVersion,
        TimeSpan remember,
        bool isComplete,
        CancellationToken cancellationToken)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.WithdrawnTo);
        foreach (var secret in secrets)
            arguments.SecretKey(secret.SecretId);
        arguments.Argument(keysVersion).Argument((long)remember.TotalMilliseconds).Argument(isComplete ? 1 : 0);
        foreach (var secret in secrets)
            arguments.Argument(secret.From is { } from ? Math.Max(0, from.ToUnixTimeMilliseconds()) : 0);
        await QuotaAnswer.OfAsync(redis.EvaluateAsync(QuotaScripts.Withdraw, arguments, null, cancellationToken));
    }
}
