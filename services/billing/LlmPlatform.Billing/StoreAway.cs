using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace LlmPlatform.Billing;

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
        catch (ClickHouseException fault) when (fault.IsFaultOfTheServer)
        {
            return AdminProblem.Unavailable("store_unavailable", "ClickHouse does not answer. Try again.");
        }
        catch (Exception fault) when ((fault as NpgsqlException ?? fault.InnerException) is NpgsqlException
        {
            IsTransient: true,
        })
        {
            return AdminProblem.Unavailable("store_unavailable", "Billing's PostgreSQL does not answer. Try again.");
        }
    }
}
