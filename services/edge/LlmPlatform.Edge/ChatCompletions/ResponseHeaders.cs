using System.Globalization;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Money;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>What the gateway says in headers beside the provider's answer.</summary>
internal static class ResponseHeaders
{
    /// <summary>For a stream: it starts as soon as the first event is written.</summary>
    public static void WriteStream(GatewayCall call, RouteCandidate served)
    {
        var response = call.Http.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        WriteRoute(call, served);
    }

    /// <summary>For a whole answer: its cost is known.</summary>
    public static void WriteAnswer(GatewayCall call, RouteCandidate served, int length)
    {
        var response = call.Http.Response;
        response.ContentType = "application/json";
        response.ContentLength = length;
        response.Headers["X-Cost-Usd"] = NanoUsd.ToUsd(call.CostNanoUsd).ToString("0.#########", CultureInfo.InvariantCulture);
        WriteRoute(call, served);
    }

    /// <summary>For a provider's own refusal, passed on.</summary>
    public static void WriteRefusal(
        GatewayCall call, RouteCandidate asked, int status, UpstreamAttempt upstream, int length)
    {
        var response = call.Http.Response;
        response.StatusCode = status;
        response.ContentType = upstream.ContentHeaders.ContentType?.ToString() ?? "application/json";
        response.ContentLength = length;
        WriteRoute(call, asked);
    }

    /// <summary>The request limit closest to its end, as OpenAI's clients read it.</summary>
    public static void WriteRateLimits(GatewayCall call)
    {
        if (call.RateLimit is not { } limit)
        {
            return;
        }

        var headers = call.Http.Response.Headers;
        headers["X-RateLimit-Limit-Requests"] = limit.Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining-Requests"] = limit.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset-Requests"] = string.Create(
            CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(limit.ResetAfter.TotalMilliseconds)}ms");
    }

    private static void WriteRoute(GatewayCall call, RouteCandidate served)
    {
        var headers = call.Http.Response.Headers;
        headers["X-Model"] = served.Model.Name;
        headers["X-Provider"] = served.Provider.Name;
        if (call.FallbackReason is { } reason)
        {
            headers["X-Model-Fallback"] = "true";
            headers["X-Fallback-Reason"] = reason;
        }

        headers["X-Overhead-Ms"] = (call.Elapsed - call.UpstreamTime).TotalMilliseconds
            .ToString("0.###", CultureInfo.InvariantCulture);
        WriteRateLimits(call);
    }
}
