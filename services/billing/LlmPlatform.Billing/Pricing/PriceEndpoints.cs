using System.Globalization;
using System.Text.Json;
using LlmPlatform.Billing.Proposals;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// <c>GET /admin/v1/prices</c>: every version of every price, the newest recorded last. <c>POST</c> proposes prices,
/// and <c>POST …/import</c> a price file in LiteLLM's format; they count when a second person approves the proposal.
/// </summary>
internal static class PriceEndpoints
{
    private const int MaxPrices = 5000;

    public static void Map(RouteGroupBuilder admin)
    {
        var prices = admin.MapGroup("/prices").OpenTo(KeyRole.Finance);
        prices.MapGet("", ListAsync);
        prices.MapPost("", ProposeAsync);
        prices.MapPost("/import", ImportAsync);
    }

    private static async Task<Results<Ok<Page<PriceResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        string? sku,
        bool? history,
        BillingDbContext database,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
        {
            return problem;
        }

        var last = 0L;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out last))
        {
            return AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page gave as next_cursor.");
        }

        var rows = await database.PriceVersions.AsNoTracking()
            .Where(row => row.Id > last)
            .Where(row => sku == null || row.Sku == sku)
            .Where(row => history == true || row.SupersededAt == null)
            .OrderBy(row => row.Id)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        var shown = rows.Take(page.Size).ToList();
        var next = rows.Count > page.Size
            ? PageQuery.CursorOf(shown[^1].Id.ToString(CultureInfo.InvariantCulture))
            : null;
        return TypedResults.Ok(new Page<PriceResponse>([.. shown.Select(PriceResponse.From)], next));
    }

    private static async Task<Results<Accepted<ProposalResponse>, ProblemHttpResult>> ProposeAsync(
        ProposePricesRequest request,
        HttpContext context,
        ProposalDesk desk,
        PriceShelf shelf,
        IPlatformConfigurationSource configuration,
        CancellationToken cancellationToken)
    {
        if (request.Prices.Count is 0 or > MaxPrices)
        {
            return AdminProblem.Invalid("invalid_prices", $"prices holds 1 to {MaxPrices} of them.");
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return AdminProblem.Invalid("reason_missing", "reason says why, and where the figures are from.");
        }

        foreach (var price in request.Prices)
        {
            if (price.Fault() is { } fault)
            {
                return AdminProblem.Invalid("invalid_price", $"'{price.Sku}': {fault}");
            }
        }

        var twice = request.Prices.GroupBy(price => (price.Sku, price.EffectiveFrom.ToUniversalTime()))
            .FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            return AdminProblem.Invalid("invalid_price", $"'{twice.Key.Sku}' has two prices from the same instant.");
        }

        var declared = DeclaredPrices.Of(configuration.Current).Select(price => price.Sku).ToHashSet();
        return request.Prices.FirstOrDefault(price => declared.Contains(price.Sku)) is { } kept
            ? AdminProblem.Conflict(
                "declared_in_file", $"The configuration file declares the price of '{kept.Sku}': change it there.")
            : Accepted(await SubmitAsync(
                request.Prices, request.Reason, context, desk, await shelf.RefreshAsync(cancellationToken),
                cancellationToken));
    }

    private static async Task<Results<Ok<PriceImportResponse>, ProblemHttpResult>> ImportAsync(
        JsonElement file,
        DateTimeOffset? effectiveFrom,
        HttpContext context,
        ProposalDesk desk,
        PriceShelf shelf,
        IPlatformConfigurationSource configuration,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        LiteLlmPrices prices;
        try
        {
            prices = new LiteLlmPrices(file);
        }
        catch (FormatException fault)
        {
            return AdminProblem.Invalid(
                "invalid_price_file", $"This is no price file in LiteLLM's format: {fault.Message}");
        }

        var book = await shelf.RefreshAsync(cancellationToken);
        var import = PriceImport.Compare(prices, configuration.Current, book, effectiveFrom ?? clock.GetUtcNow());
        var proposal = import.Prices.Count == 0 ? null : ProposalResponse.From(await SubmitAsync(
            import.Prices, "Imported from a price file in LiteLLM's format.", context, desk, book, cancellationToken));
        return TypedResults.Ok(new PriceImportResponse
        {
            Proposal = proposal,
            Changed = [.. import.Prices.Select(price => price.Sku)],
            Unchanged = import.Unchanged,
            DeclaredInFile = import.DeclaredInFile,
            NotFound = import.NotFound,
        });
    }

    private static Task<Proposal> SubmitAsync(
        IReadOnlyList<ProposedPrice> prices,
        string reason,
        HttpContext context,
        ProposalDesk desk,
        PriceHistory? book,
        CancellationToken cancellationToken)
    {
        var changes = prices.Select(price => price.ToPrice())
            .Select(price => PriceChange.Between(book?.FindAsKnownNow(price.Sku, price.EffectiveFrom), price))
            .ToList();
        var subject = string.Join(", ", prices.Select(price => price.Sku).Distinct());
        return desk.ProposeAsync(
            PriceProposals.Kind, subject, reason, ActingPerson.Of(context), prices, changes, cancellationToken);
    }

    private static Accepted<ProposalResponse> Accepted(Proposal proposal) =>
        TypedResults.Accepted($"/admin/v1/proposals/{proposal.Id}", ProposalResponse.From(proposal));
}
