using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Proposals;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Rerating;

/// <summary>
/// <c>POST /admin/v1/rerates</c> proposes to rate usage anew and says what it would change.
/// <c>GET /admin/v1/what-if?tenant=&amp;period=&amp;case=prices|without_cache|{sku}</c> only asks.
/// </summary>
internal static class RerateEndpoints
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapPost("/rerates", ProposeAsync).OpenTo(KeyRole.Finance);
        admin.MapGet("/what-if", WhatIfAsync).OpenTo(KeyRole.Finance, KeyRole.TenantAdmin);
    }

    private static async Task<Results<Accepted<ProposalResponse>, ProblemHttpResult>> ProposeAsync(
        RerateRequest request,
        HttpContext context,
        Rerater rerater,
        ProposalDesk desk,
        CancellationToken cancellationToken)
    {
        if (request.From >= request.To || request.To - request.From > Longest || request.From.Year < 1970)
        {
            return AdminProblem.Invalid(
                "invalid_range", "from is before to, by 400 days at most; to is the first instant after.");
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return AdminProblem.Invalid("reason_missing", "reason says why usage is to be rated anew.");
        }

        var effect = await rerater.TryAsync(request, cancellationToken);
        var proposal = await desk.ProposeAsync(
            RerateProposals.Kind,
            $"{request.Tenant ?? "every tenant"}, {request.Model ?? "every model"}, {request.From:u} to {request.To:u}",
            request.Reason,
            ActingPerson.Of(context),
            request,
            effect,
            cancellationToken);
        return TypedResults.Accepted($"/admin/v1/proposals/{proposal.Id}", ProposalResponse.From(proposal));
    }

    private static async Task<Results<Ok<WhatIfResponse>, ProblemHttpResult>> WhatIfAsync(
        string tenant,
        string period,
        string @case,
        AdminOperator who,
        UsageSumsReader usage,
        TermsBook terms,
        PriceShelf shelf,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!who.Sees(tenant))
        {
            return who.OtherTenant();
        }

        if (await terms.PeriodAsync(tenant, period, cancellationToken) is not { } month)
        {
            return BillEndpoints.BadPeriod();
        }

        var prices = await shelf.GetAsync(cancellationToken);
        var other = prices.FindAsKnownNow(@case, clock.GetUtcNow());
        if (@case is not ("prices" or "without_cache") && other is null)
        {
            return AdminProblem.Invalid(
                "invalid_case", "case is prices, without_cache, or the sku of a deployment that has a price.");
        }

        var sums = await usage.SumsAsync(tenant, month, cancellationToken);
        var compared = sums.Select(place => (Place: place, Cost: @case switch
        {
            "prices" => WhatIf.AtPricesOf(place, prices, clock.GetUtcNow()),
            "without_cache" => WhatIf.WithoutCache(place, prices),
            _ => place.PriceVersion.Length == 0 ? null : WhatIf.On(place, other!),
        })).ToList();
        var actual = compared.Where(one => one.Cost is not null).Sum(one => one.Place.CostUsd);
        var otherwise = compared.Sum(one => one.Cost ?? 0);
        return TypedResults.Ok(new WhatIfResponse
        {
            Tenant = tenant,
            Period = period,
            Case = @case,
            ActualUsd = actual.Trimmed(),
            WhatIfUsd = otherwise.Trimmed(),
            ChangeUsd = (otherwise - actual).Trimmed(),
            EventsLeftOut = compared.Where(one => one.Cost is null).Sum(one => one.Place.RowCount),
        });
    }
}
