using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Audit.Verification;

/// <summary>
/// <c>GET /admin/v1/audit/verify?from=&amp;to=</c>: sequences, both included; the whole chain when not given.
/// </summary>
internal static class VerifyEndpoint
{
    public static void Map(RouteGroupBuilder admin) => admin.MapGet("/audit/verify", VerifyAsync);

    private static async Task<Results<Ok<VerifyResponse>, ProblemHttpResult>> VerifyAsync(
        long? from, long? to, ChainVerification verification, CancellationToken cancellationToken)
    {
        if (from is < 1 || to < (from ?? 1))
            return AdminProblem.Invalid("invalid_range", "from and to are sequences: 1 <= from <= to.");
        return TypedResults.Ok(await verification.RunAsync(from ?? 1, to, cancellationToken));
    }
}
