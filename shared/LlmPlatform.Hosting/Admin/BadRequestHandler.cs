using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// Turns what the framework refuses (a body that is no JSON, a number that is none) into problem details that say so.
/// </summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
        {
            return ValueTask.FromResult(false);
        }

        context.Response.StatusCode = bad.StatusCode;
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails =
            {
                Status = bad.StatusCode,
                Type = "invalid_request",
                Detail = bad.InnerException is System.Text.Json.JsonException json
                    ? $"The body cannot be read: {json.Message}"
                    : bad.Message,
            },
        });
    }
}
