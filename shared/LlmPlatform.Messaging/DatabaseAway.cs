using Microsoft.AspNetCore.Http;
using Npgsql;

namespace LlmPlatform.Messaging;

/// <summary>What an operator is told while PostgreSQL does not answer: 503 with the reason, rather than 500.</summary>
public static class DatabaseAway
{
    /// <summary>The endpoint filter that says it: problem details of type <c>store_unavailable</c>.</summary>
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception fault) when (Explains(fault))
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                type: "store_unavailable",
                detail: "PostgreSQL does not answer. Try again.");
        }
    }

    /// <summary>
    /// True when the fault is that PostgreSQL is away, starting or stopping; false when it answered, and refused. EF
    /// wraps what it takes for a passing fault in an exception of its own.
    /// </summary>
    public static bool Explains(Exception fault) =>
        (fault as NpgsqlException ?? fault.InnerException as NpgsqlException) is { } store
        && (store is not PostgresException || store.IsTransient);
}
