using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace LlmPlatform.Router;

/// <summary>Answers 503 with a reason, rather than 500, when PostgreSQL is what an operator's question fails on.</summary>
internal static class StoreAway
{
    public static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception fault) when (fault is NpgsqlException || fault.InnerException is NpgsqlException)
        {
            return AdminProblem.Unavailable("store_unavailable", "The router's database does not answer. Try again.");
        }
    }
}
