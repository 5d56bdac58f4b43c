using System.Globalization;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Providers, models and rules, as the configuration file declares them, those that are off included.
/// </summary>
internal static class CatalogEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapGet("/providers", ListProvidersAsync);
        admin.MapGet("/models", ListModels);
        admin.MapGet("/routes", ListRoutes);
    }

    private static async Task<Results<Ok<Page<ProviderResponse>>, ProblemHttpResult>> ListProvidersAsync(
        [AsParameters] PageQuery query,
        IPlatformConfigurationSource configuration,
        RouterDbContext database,
        CancellationToken cancellationToken)
    {
        if (!query.TryRead(out var after, out var problem))
            return problem;

        var health = await database.ProviderHealth.AsNoTracking()
            .ToDictionaryAsync(row => row.Provider, StringComparer.Ordinal, cancellationToken);
        var providers = configuration.Current.Providers
            .Select(provider => ProviderResponse.Of(provider, health.GetValueOrDefault(provider.Name)));
        return TypedResults.Ok(query.Cut(providers, provider => provider.Name, after));
    }

    private static Results<Ok<Page<ModelResponse>>, ProblemHttpResult> ListModels(
        [AsParameters] PageQuery query, IPlatformConfigurationSource configuration)
    {
        if (!query.TryRead(out var after, out var problem))
            return problem;

        var models = configuration.Current.Models.Select(ModelResponse.Of);
        return TypedResults.Ok(query.Cut(models, model => model.Name, after));
    }

    private static Results<Ok<Page<RouteResponse>>, ProblemHttpResult> ListRoutes(
        [AsParameters] PageQuery query, IPlatformConfigurationSource configuration)
    {
        if (!query.TryRead(out var after, out var problem))
            return problem;

        var routes = configuration.Current.Routes.Select((route, index) => RouteResponse.Of(route, index + 1));
        return TypedResults.Ok(query.Cut(routes, PlaceOf, after));
    }

    /// <summary>Padded, so that the order of the texts is the order of the rules.</summary>
    private static string PlaceOf(RouteResponse route) => route.Position.ToString("D9", CultureInfo.InvariantCulture);
}
