using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace LlmPlatform.Alerting;

/// <summary>What an operator is told while PostgreSQL does not answer.</summary>
internal static class StoreAway
{
    /// <summary>Answers 503 with the reason, rather than 500.</summary>
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception fault) when (Explains(fault))
        {
            return AdminProblem.Unavailable("store_unavailable", "The alerting database does not answer. Try again.");
        }
    }

    // EF wraps what it takes for a passing fault in an exception of its own.
    private static bool Explains(Exception fault) =>
        fault is NpgsqlException { IsTransient: true } || fault.InnerException is NpgsqlException { IsTransient: true };
}
