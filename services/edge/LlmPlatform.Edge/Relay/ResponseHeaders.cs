using System.Globalization;
using System.Text;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Relay;

/// <summary>What the gateway says in headers beside the provider's answer.</summary>
internal static class ResponseHeaders
{
    /// <summary>The id that finds a call in every record of it, as its caller's clients call it too.</summary>
    public static void WriteRequestId(GatewayCall call)
    {
        var id = call.RequestIdText;
        var headers = call.Http.Response.Headers;
        headers["X-Request-Id"] = id;
        if (call.Api.RequestIdHeader is { } name)
        {
            headers[name] = id;
        }
    }

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
        response.Headers["X-Cost-Usd"] = DecimalText.OfBillionths(call.CostNanoUsd);
        WriteRoute(call, served);
    }

    /// <summary>For a provider's own refusal, passed on.</summary>
    public static void WriteRefusal(GatewayCall call, RouteCandidate asked, int status, int length)
    {
        var response = call.Http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = length;
        WriteRoute(call, asked);
    }

    /// <summary>The limits closest to their end, as OpenAI's clients read them.</summary>
    public static void WriteRateLimits(GatewayCall call)
    {
        var headers = call.Http.Response.Headers;
        if (call.RequestAllowance is { } requests)
        {
            headers["X-RateLimit-Limit-Requests"] = Number(requests.Limit);
            headers["X-RateLimit-Remaining-Requests"] = Number(requests.Remaining);
            headers["X-RateLimit-Reset-Requests"] = Duration(requests);
        }

        if (call.TokenAllowance is { } tokens)
        {
            headers["X-RateLimit-Limit-Tokens"] = Number(tokens.Limit);
            headers["X-RateLimit-Remaining-Tokens"] = Number(tokens.Remaining);
            headers["X-RateLimit-Reset-Tokens"] = Duration(tokens);
        }
    }

    private static void WriteRoute(GatewayCall call, RouteCandidate served)
    {
        var headers = call.Http.Response.Headers;
        headers["X-Model"] = Text(served.Model.Name);
        headers["X-Provider"] = Text(served.Provider.Name);
        if (call.FallbackReason is { } reason)
        {
            headers["X-Model-Fallback"] = "true";
            headers["X-Fallback-Reason"] = reason;
        }

        if (call is { IsOutputCut: true, OutputBoundToSend: { } bound })
        {
            headers["X-Budget-Max-Tokens"] = Number(bound);
        }

        call.Overhead = call.Elapsed - call.UpstreamTime;
        headers["X-Overhead-Ms"] = DecimalText.OfThousandths(
            Math.Max(0, (long)call.Overhead.Value.TotalMicroseconds));
        WriteRateLimits(call);
    }

    // A header is ASCII; a name may be anything.
    private static string Text(string name) => Ascii.IsValid(name) ? name : Uri.EscapeDataString(name);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Duration(RateAllowance allowance) => string.Create(
        CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(allowance.ResetAfter.TotalMilliseconds)}ms");
}
