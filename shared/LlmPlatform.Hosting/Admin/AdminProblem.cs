using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// What the admin API answers when it cannot do as asked: problem details whose <c>type</c> is a stable code.
/// </summary>
public static class AdminProblem
{
    /// <summary>400: what was sent cannot be used.</summary>
    /// <param name="code">Stable, snake case; clients match on it.</param>
    /// <param name="detail">What was wrong, where, and what to do.</param>
    public static ProblemHttpResult Invalid(string code, string detail) => Problem(400, code, detail);

    /// <summary>400: what was sent is wrong, here and perhaps in several places at once.</summary>
    /// <param name="code">Stable, snake case; clients match on it.</param>
    /// <param name="detail">What was refused.</param>
    /// <param name="faults">Every fault, by the path of what is wrong; a member <c>faults</c> of the answer.</param>
    public static ProblemHttpResult Invalid(
        string code, string detail, IReadOnlyList<(string Path, string Message)> faults) =>
        TypedResults.Problem(
            statusCode: 400,
            type: code,
            detail: detail,
            extensions: new Dictionary<string, object?>
            {
                ["faults"] = faults.Select(fault => new { path = fault.Path, message = fault.Message }).ToList(),
            });

    /// <summary>401: no key, or one that does not open this door.</summary>
    public static ProblemHttpResult Unauthorized() =>
        Problem(401, "invalid_api_key",
            "Send the master key, or a key with a role, as a bearer token: Authorization: Bearer <key>.");

    /// <summary>403: the key is known and may not do this.</summary>
    /// <param name="code">Stable, snake case; clients match on it.</param>
    /// <param name="detail">What it may not, and who may.</param>
    public static ProblemHttpResult Forbidden(string code, string detail) => Problem(403, code, detail);

    /// <summary>401: the caller is no service of this platform.</summary>
    internal static ProblemHttpResult NotAService() =>
        Problem(401, "invalid_api_key", "This address is for services of the platform that share its master key.");

    /// <summary>404: nothing by that name.</summary>
    /// <param name="code">Stable, snake case; clients match on it.</param>
    /// <param name="detail">What was looked for.</param>
    public static ProblemHttpResult NotFound(string code, string detail) => Problem(404, code, detail);

    /// <summary>409: it stands in the way of something that exists.</summary>
    /// <param name="code">Stable, snake case; clients match on it.</param>
    /// <param name="detail">What it collides with, and what to do.</param>
    public static ProblemHttpResult Conflict(string code, string detail) => Problem(409, code, detail);

    /// <summary>503: a store the answer needs is away.</summary>
    /// <param name="code">Stable, snake case; clients match on it.</param>
    /// <param name="detail">Which store.</param>
    public static ProblemHttpResult Unavailable(string code, string detail) => Problem(503, code, detail);

    /// <summary>Gives what the framework answers by itself (no such path, too large) a code as well.</summary>
    internal static void NameByStatus(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Type is null || problem.Type.StartsWith("https:", StringComparison.Ordinal))
        {
            problem.Type = problem.Status switch
            {
                StatusCodes.Status404NotFound => "not_found",
                StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
                StatusCodes.Status413PayloadTooLarge => "request_too_large",
                >= 500 => "internal_error",
                _ => "invalid_request",
            };
        }
    }

    private static ProblemHttpResult Problem(int status, string code, string detail) =>
        TypedResults.Problem(statusCode: status, type: code, detail: detail);
}
