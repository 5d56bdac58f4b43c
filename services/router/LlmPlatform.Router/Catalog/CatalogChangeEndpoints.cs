using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Router.Catalog;

/// <summary>
/// Providers, models and rules beside those of the file: the same keys as there, in JSON. What the file declares is
/// changed in the file.
/// </summary>
internal static class CatalogChangeEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        foreach (var section in new[] { CatalogSections.Providers, CatalogSections.Models })
        {
            admin.MapPost($"/{section}", (
                JsonObject body, AdminOperator who, CatalogBook book, CancellationToken cancellationToken) =>
                AddAsync(section, body, who, book, cancellationToken));
            MapEntry(admin, section);
        }

        // A rule has no name in the file: here it is given one, to be changed by. It is asked after those of the file.
        admin.MapPost($"/{CatalogSections.Routes}", (
            JsonObject body,
            AdminOperator who,
            CatalogBook book,
            TimeProvider clock,
            CancellationToken cancellationToken) =>
        {
            var id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);
            return CreateAsync(CatalogSections.Routes, $"route_{id}", body, who, book, cancellationToken);
        });
        MapEntry(admin, CatalogSections.Routes);
    }

    private static void MapEntry(RouteGroupBuilder admin, string section)
    {
        admin.MapPut($"/{section}/{{name}}", (
            string name,
            JsonObject body,
            AdminOperator who,
            CatalogBook book,
            CancellationToken cancellationToken) =>
            ReplaceAsync(section, name, body, who, book, cancellationToken));
        admin.MapDelete($"/{section}/{{name}}", async (
            string name, AdminOperator who, CatalogBook book, CancellationToken cancellationToken) =>
            Answer(name, await book.RemoveAsync(section, name, who, cancellationToken)));
    }

    private static async Task<Results<Created<Changed>, ProblemHttpResult>> AddAsync(
        string section, JsonObject body, AdminOperator who, CatalogBook book, CancellationToken cancellationToken) =>
        NameIn(body) is { } name
            ? await CreateAsync(section, name, body, who, book, cancellationToken)
            : AdminProblem.Invalid("invalid_request", "name is missing: give the name it is called by.");

    private static async Task<Results<Created<Changed>, ProblemHttpResult>> CreateAsync(
        string section,
        string name,
        JsonObject body,
        AdminOperator who,
        CatalogBook book,
        CancellationToken cancellationToken)
    {
        if (PriceIn(body) is { } refusal)
            return refusal;
        var (version, problem) = await book.AddAsync(section, name, body, who, cancellationToken);
        return problem is not null
            ? problem
            : TypedResults.Created($"/admin/v1/{section}/{Uri.EscapeDataString(name)}", new Changed(name, version));
    }

    private static async Task<Results<Ok<Changed>, ProblemHttpResult>> ReplaceAsync(
        string section,
        string name,
        JsonObject body,
        AdminOperator who,
        CatalogBook book,
        CancellationToken cancellationToken)
    {
        if (PriceIn(body) is { } refusal)
            return refusal;
        if (section != CatalogSections.Routes)
        {
            if (NameIn(body) is { } other && other != name)
                return AdminProblem.Invalid("name_is_fixed", "A name is kept: delete it and create another.");
            body["name"] = name;
        }

        return Answer(name, await book.ReplaceAsync(section, name, body, who, cancellationToken));
    }

    private static Results<Ok<Changed>, ProblemHttpResult> Answer(
        string name, (long Version, ProblemHttpResult? Problem) outcome) =>
        outcome.Problem is { } problem ? problem : TypedResults.Ok(new Changed(name, outcome.Version));

    private static string? NameIn(JsonObject body) =>
        body.TryGetPropertyValue("name", out var value) && value is JsonValue text
            && text.TryGetValue<string>(out var name) && name.Length is > 0 and <= 128
            ? name
            : null;

    // Prices are billing's: one said here would route calls and bill none.
    private static ProblemHttpResult? PriceIn(JsonObject body) =>
        body.ContainsKey("price")
        || (body["deployments"] is JsonArray deployments
            && deployments.Any(deployment => deployment is JsonObject named && named.ContainsKey("price")))
            ? AdminProblem.Invalid(
                "price_elsewhere", "A model that is added here has its price at /admin/v1/prices; leave 'price' out.")
            : null;

    /// <summary>What was changed.</summary>
    /// <param name="Name">What it is called by.</param>
    /// <param name="SnapshotVersion">The version from which on edges route by it.</param>
    internal sealed record Changed(
        string Name, [property: JsonPropertyName("snapshot_version")] long SnapshotVersion);
}
