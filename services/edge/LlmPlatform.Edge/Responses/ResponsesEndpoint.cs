using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Responses;

/// <summary><c>POST /v1/responses</c>, and what can be done with a response that its provider keeps.</summary>
internal static class ResponsesEndpoint
{
    public static void MapResponses(this IEndpointRouteBuilder endpoints)
    {
        var route = ResponsesApi.Instance.Route;
        endpoints.MapCall(ResponsesApi.Instance);
        endpoints.MapGet(route + "/{id}", Stored(""));
        endpoints.MapDelete(route + "/{id}", Stored(""));
        endpoints.MapPost(route + "/{id}/cancel", Stored("/cancel"));
        endpoints.MapGet(route + "/{id}/input_items", Stored("/input_items"));
    }

    private static RequestDelegate Stored(string action) => http =>
        http.RequestServices.GetRequiredService<StoredResponses>()
            .RunAsync(http, (string)http.GetRouteValue("id")!, action);
}
