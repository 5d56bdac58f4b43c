using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LlmPlatform.Edge.CrossOrigin;

/// <summary>
/// Lets pages of the origins in <c>server.cors_origins</c> call the public APIs from a browser (WHATWG Fetch, 3.2). It
/// is no protection of ours: keys are. No cookie is ever taken. Requests of other origins are served as they are, and
/// their browsers keep the answers from them.
/// </summary>
internal sealed class CrossOriginAccess(IPlatformConfigurationSource configuration) : IStartupFilter
{
    private const string Any = "*";
    private const string Methods = "GET, POST, DELETE";
    private const string PreflightSeconds = "7200";

    // What an answer says beside its body, and what SDKs read of it.
    private const string Exposed =
        "X-Request-Id, Request-Id, Retry-After, X-Model, X-Provider, X-Model-Fallback, X-Fallback-Reason, X-Cost-Usd, "
        + "X-Overhead-Ms, X-Cache, X-Cache-Similarity, X-RateLimit-Limit-Requests, X-RateLimit-Remaining-Requests, "
        + "X-RateLimit-Reset-Requests, X-RateLimit-Limit-Tokens, X-RateLimit-Remaining-Tokens, "
        + "X-RateLimit-Reset-Tokens, Idempotency-Replayed, Idempotency-Original-Request, Idempotency-Kept";

    /// <inheritdoc />
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(HandleAsync);
        next(app);
    };

    private Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        var origin = http.Request.Headers.Origin;
        if (origin.Count != 1 || !http.Request.Path.StartsWithSegments("/v1"))
        {
            return next(http);
        }

        var allowed = AllowedFor(origin[0]!);
        var isPreflight = HttpMethods.IsOptions(http.Request.Method)
            && http.Request.Headers.ContainsKey("Access-Control-Request-Method");
        if (isPreflight)
        {
            WritePreflight(http, allowed);
            return Task.CompletedTask;
        }

        if (allowed is not null)
        {
            // Last, because a failure clears what stood there before it.
            http.Response.OnStarting(static state =>
            {
                var (response, origin) = ((HttpResponse, string))state;
                response.Headers.AccessControlAllowOrigin = origin;
                response.Headers.AccessControlExposeHeaders = Exposed;
                AddVary(response, origin);
                return Task.CompletedTask;
            }, (http.Response, allowed));
        }

        return next(http);
    }

    private string? AllowedFor(string origin)
    {
        var allowed = configuration.Current.Server.CorsOrigins;
        return allowed.Contains(Any) ? Any
            : allowed.Contains(origin, StringComparer.OrdinalIgnoreCase) ? origin
            : null;
    }

    // Without the headers the browser refuses the page, and says so in its console.
    private static void WritePreflight(HttpContext http, string? allowed)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        if (allowed is null)
        {
            return;
        }

        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = allowed;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = PreflightSeconds;
        AddVary(http.Response, allowed);
    }

    private static void AddVary(HttpResponse response, string allowed)
    {
        if (allowed != Any)
        {
            response.Headers.Vary = StringValues.Concat(response.Headers.Vary, "Origin");
        }
    }
}
