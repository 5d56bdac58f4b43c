using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Billing;

/// <summary>
/// Answers 503 with a reason, rather than 500, when ClickHouse is what an operator's question fails on.
/// </summary>
internal static class WarehouseAway
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
    }
}
