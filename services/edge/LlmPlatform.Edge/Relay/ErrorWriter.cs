using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Relay;

/// <summary>Answers a call with a refusal, in the protocol its caller speaks.</summary>
internal static class ErrorWriter
{
    /// <summary>
    /// Writes status, headers and body. The response must not have started. Gives the bytes of the body.
    /// </summary>
    public static async Task<int> WriteAsync(
        HttpResponse response, PublicApi api, GatewayError error, string requestId)
    {
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (error.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        using var body = new PooledBuffer(512);
        api.WriteError(error, requestId, body);
        response.ContentLength = body.Length;

        // Not cancelled with the request: to a caller that is gone the server writes nothing, and says so to nobody.
        await response.Body.WriteAsync(body.Memory, CancellationToken.None);
        return body.Length;
    }
}
