using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Snapshots;

/// <summary>Both ends of a snapshot: who serves it and who follows it.</summary>
public static class SnapshotFeeds
{
    internal const string HttpClientName = "snapshots";

    /// <summary>
    /// How snapshots are written: enumerations by name, so that a reader of another version understands them.
    /// </summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Follows a snapshot of another service; inject <see cref="SnapshotFeed{TSnapshot}"/>.</summary>
    public static IServiceCollection AddSnapshotFeed<TSnapshot>(
        this IServiceCollection services, SnapshotSource<TSnapshot> source)
        where TSnapshot : class
    {
        services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient((provider, client) =>
                client.MaxResponseContentBufferSize = provider.GetRequiredService<SnapshotOptions>().MaxBytes);
        services.AddSingleton(source);
        services.AddSingleton<SnapshotFeed<TSnapshot>>();
        services.AddHostedService(provider => provider.GetRequiredService<SnapshotFeed<TSnapshot>>());
        return services;
    }

    /// <summary>
    /// Serves a snapshot to other services; answers 304 to one that already has it, 503 while there is none.
    /// </summary>
    /// <param name="endpoints">The module's endpoints.</param>
    /// <param name="source">The same as its followers name.</param>
    /// <param name="current">Reads the snapshot in force.</param>
    public static void MapSnapshot<TSnapshot>(
        this IEndpointRouteBuilder endpoints,
        SnapshotSource<TSnapshot> source,
        Func<HttpContext, CancellationToken, ValueTask<TSnapshot?>> current)
        where TSnapshot : class =>
        endpoints.MapInternal().MapGet($"/snapshots/{source.Name}", async (HttpContext context, long? have) =>
        {
            var snapshot = await current(context, context.RequestAborted);
            if (snapshot is null)
            {
                return AdminProblem.Unavailable("no_snapshot", $"There is no {source.Name} snapshot yet.");
            }

            return source.VersionOf(snapshot) == have
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : Results.Json(snapshot, Json);
        });
}
