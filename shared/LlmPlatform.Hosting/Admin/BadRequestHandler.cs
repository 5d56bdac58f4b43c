using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// Turns what the framework refuses (a body that is no JSON, a number that is none) into problem details that say so.
/// </summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
        {
            return false;
        }

        context.Response.StatusCode = bad.StatusCode;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails =
            {
                Status = bad.StatusCode,
                Detail = bad.InnerException is System.Text.Json.JsonException json
                    ? $"The body cannot be read: {json.Message}"
                    : bad.Message,
            },
        });

        // A caller that takes no JSON is answered with the status alone, and not with a 500.
        return true;
    }
}
