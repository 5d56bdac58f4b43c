using System.Globalization;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Providers, models and rules, as the configuration file and operators declare them, those that are off included.
/// </summary>
internal static class CatalogEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapGet("/providers", ListProvidersAsync);
        admin.MapGet("/models", ListModelsAsync);
        admin.MapGet("/routes", ListRoutesAsync);
    }

    private static async Task<Results<Ok<Page<ProviderResponse>>, ProblemHttpResult>> ListProvidersAsync(
        [AsParameters] PageQuery query,
        CatalogSource catalogue,
        RouterDbContext database,
        CancellationToken cancellationToken)
    {
        if (!query.TryRead(out var after, out var problem))
            return problem;

        var health = await database.ProviderHealth.AsNoTracking()
            .ToDictionaryAsync(row => row.Provider, StringComparer.Ordinal, cancellationToken);
        var providers = (await catalogue.ReadAsync(database, cancellationToken)).Providers
            .Select(provider => ProviderResponse.Of(provider, health.GetValueOrDefault(provider.Name)));
        return TypedResults.Ok(query.Cut(providers, provider => provider.Name, after));
    }

    private static async Task<Results<Ok<Page<ModelResponse>>, ProblemHttpResult>> ListModelsAsync(
        [AsParameters] PageQuery query,
        CatalogSource catalogue,
        RouterDbContext database,
        CancellationToken cancellationToken)
    {
        if (!query.TryRead(out var after, out var problem))
            return problem;

        var models = (await catalogue.ReadAsync(database, cancellationToken)).Models.Select(ModelResponse.Of);
        return TypedResults.Ok(query.Cut(models, model => model.Name, after));
    }

    private static async Task<Results<Ok<Page<RouteResponse>>, ProblemHttpResult>> ListRoutesAsync(
        [AsParameters] PageQuery query,
        CatalogSource catalogue,
        RouterDbContext database,
        CancellationToken cancellationToken)
    {
        if (!query.TryRead(out var after, out var problem))
            return problem;

        var catalogued = (await catalogue.ReadAsync(database, cancellationToken)).Routes;
        var added = await database.CatalogEntries.AsNoTracking()
            .Where(entry => entry.Section == CatalogSections.Routes)
            .OrderBy(entry => entry.CreatedAt).ThenBy(entry => entry.Name)
            .Select(entry => entry.Name)
            .ToListAsync(cancellationToken);
        var declared = catalogued.Count - added.Count;
        var routes = catalogued.Select((route, index) =>
            RouteResponse.Of(route, index + 1) with { Id = index >= declared ? added[index - declared] : null });
        return TypedResults.Ok(query.Cut(routes, PlaceOf, after));
    }

    /// <summary>Padded, so that the order of the texts is the order of the rules.</summary>
    private static string PlaceOf(RouteResponse route) => route.Position.ToString("D9", CultureInfo.InvariantCulture);
}
