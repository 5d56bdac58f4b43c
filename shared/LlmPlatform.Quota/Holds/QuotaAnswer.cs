using System.Runtime.CompilerServices;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>Waits for an answer of Redis, and says of every way of not getting one the same thing.</summary>
internal static class QuotaAnswer
{
    /// <exception cref="QuotaUnavailableException">Redis is away, too slow, or refused.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<RedisReply> OfAsync(ValueTask<RedisReply> asked)
    {
        try
        {
            return await asked;
        }
        catch (RedisUnavailableException fault)
        {
            throw new QuotaUnavailableException("Redis did not answer.", fault.Sent, fault);
        }
        catch (RedisServerException fault)
        {
            throw Refused(fault);
        }
    }

    /// <summary>Out of memory, read-only, loading: it is there, and of no use.</summary>
    internal static QuotaUnavailableException Refused(RedisServerException fault) =>
        new($"Redis refused with {fault.Code}.", outcomeUnknown: true, fault);
}
