using System.Collections.Frozen;
using LlmPlatform.Edge.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Edge;

/// <summary>
/// Takes a plain call of a public API straight to its endpoint. What stands in between (routing, the exception handler,
/// status code pages) has nothing to add to one: the pipeline answers every call itself, whatever happens. A call that
/// is traced, comes from a browser's page or has its path spelled otherwise takes the usual way, to the same endpoint.
/// </summary>
internal sealed class DirectCalls(EndpointDataSource endpoints) : IStartupFilter
{
    // Built at the first request: not before everything is mapped.
    private readonly Lazy<FrozenDictionary<string, Endpoint>> _routes = new(() => endpoints.Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<PublicApi>() is not null)
        .ToFrozenDictionary(
            endpoint => endpoint.Metadata.GetMetadata<PublicApi>()!.Route, Endpoint (endpoint) => endpoint));

    /// <inheritdoc />
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(HandleAsync);
        next(app);
    };

    private Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (!HttpMethods.IsPost(request.Method)
            || !_routes.Value.TryGetValue(request.Path.Value ?? "", out var endpoint)
            || request.Headers.Origin.Count > 0
            || http.Features.Get<IHttpActivityFeature>() is { Activity.IsAllDataRequested: true })
        {
            return next(http);
        }

        http.SetEndpoint(endpoint);
        return endpoint.RequestDelegate!(http);
    }
}
