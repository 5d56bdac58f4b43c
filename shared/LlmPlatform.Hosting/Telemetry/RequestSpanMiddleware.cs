using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// Gives ASP.NET Core's bare request span its name and four tags: route template, method, scheme, status. Paths,
/// query strings, headers and bodies stay out, because a key or a prompt may be in any of them.
/// </summary>
internal sealed class RequestSpanMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        // ASP.NET Core also makes an activity for log scopes when nobody traces; that one comes from no named source.
        var span = context.Features.Get<IHttpActivityFeature>()?.Activity;
        return span is { IsAllDataRequested: true, Source.Name.Length: > 0 }
            ? TraceAsync(context, span)
            : next(context);
    }

    private async Task TraceAsync(HttpContext context, Activity span)
    {
        // Routing ran before this middleware in a WebApplication and runs after it elsewhere; an exception handler that
        // answers in its own name clears the endpoint. So it is looked up on both sides.
        var endpoint = context.GetEndpoint();
        var completed = false;
        try
        {
            await next(context);
            completed = true;
        }
        finally
        {
            Describe(context, span, endpoint ?? context.GetEndpoint(), completed);
        }
    }

    private static void Describe(HttpContext context, Activity span, Endpoint? endpoint, bool completed)
    {
        if (endpoint?.Metadata.GetMetadata<IDisableHttpMetricsMetadata>() is not null)
        {
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        var method = KnownMethod(context.Request.Method);
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("url.scheme", context.Request.Scheme);

        // A caller who hung up is not our failure, and there is no status that anybody saw.
        if (!completed && context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        // An exception that nobody caught becomes a 500 after this middleware, unless the answer has already begun.
        var status = completed || context.Response.HasStarted ? context.Response.StatusCode : 500;
        span.SetTag("http.response.status_code", status);
        if (!completed || status >= 500)
        {
            // Never the exception's message: it may quote what the caller sent.
            span.SetTag("error.type", status >= 500 ? status.ToString(CultureInfo.InvariantCulture) : "_OTHER");
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    // The method is the caller's own text; one that is not a method of HTTP is not repeated.
    private static string KnownMethod(string method) => method switch
    {
        "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" or "TRACE" or "CONNECT" => method,
        _ => "_OTHER",
    };
}
