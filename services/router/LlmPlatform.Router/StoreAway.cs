using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace LlmPlatform.Router;

/// <summary>What happens while PostgreSQL does not answer.</summary>
internal static class StoreAway
{
    /// <summary>
    /// Whether that is why something failed. EF wraps what it takes for a passing fault in an exception of its own.
    /// </summary>
    public static bool Explains(Exception fault) => fault is NpgsqlException || fault.InnerException is NpgsqlException;

    /// <summary>Answers an operator 503 with the reason, rather than 500.</summary>
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception fault) when (Explains(fault))
        {
            return AdminProblem.Unavailable("store_unavailable", "The router's database does not answer. Try again.");
        }
    }
}
