using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Quota;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace LlmPlatform.Metering;

/// <summary>Answers 503 with a reason, rather than 500, when a store is what an operator's question fails on.</summary>
internal static class StoreAway
{
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception fault) when (IsDatabase(fault))
        {
            return AdminProblem.Unavailable("store_unavailable", "Metering's database does not answer. Try again.");
        }
        catch (Exception fault)
            when (fault is QuotaUnavailableException or RedisUnavailableException or RedisServerException)
        {
            return AdminProblem.Unavailable("counters_unavailable", "Redis does not answer. Try again.");
        }
    }

    // A refusal of the database is an answer, and a fault of ours; that it is starting or stopping is not.
    private static bool IsDatabase(Exception fault) =>
        (fault as NpgsqlException ?? fault.InnerException as NpgsqlException) is { } store
        && (store is not PostgresException || store.IsTransient);
}
