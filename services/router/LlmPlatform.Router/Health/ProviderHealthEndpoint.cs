using LlmPlatform.Hosting.Admin;
using LlmPlatform.Router.Catalog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Router.Health;

/// <summary>The health of every provider that is on, the same from every replica.</summary>
internal static class ProviderHealthEndpoint
{
    public static void Map(RouteGroupBuilder admin) => admin.MapGet("/health", ListAsync);

    private static async Task<Results<Ok<Page<HealthResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery query,
        CatalogSource catalogue,
        RouterDbContext database,
        CancellationToken cancellationToken)
    {
        if (!query.TryRead(out var after, out var problem))
            return problem;

        var file = await catalogue.ReadAsync(database, cancellationToken);
        var probed = ProbeTarget.Of(file).Select(target => target.Provider).ToHashSet(StringComparer.Ordinal);
        var health = await database.ProviderHealth.AsNoTracking()
            .ToDictionaryAsync(row => row.Provider, StringComparer.Ordinal, cancellationToken);
        var providers = file.Providers
            .Where(provider => provider.Enabled)
            .Select(provider => HealthResponse.Of(
                provider, probed.Contains(provider.Name), health.GetValueOrDefault(provider.Name)));
        return TypedResults.Ok(query.Cut(providers, provider => provider.Provider, after));
    }
}
