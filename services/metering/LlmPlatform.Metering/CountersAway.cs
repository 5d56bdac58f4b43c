using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Quota;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Metering;

/// <summary>Answers 503 with a reason, rather than 500, when Redis is what an operator's question fails on.</summary>
internal static class CountersAway
{
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception fault)
            when (fault is QuotaUnavailableException or RedisUnavailableException or RedisServerException)
        {
            return AdminProblem.Unavailable("counters_unavailable", "Redis does not answer. Try again.");
        }
    }
}
