using LlmPlatform.Billing.Proposals;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// <c>GET /admin/v1/terms?tenant=&amp;period=</c>: how a tenant is billed. <c>POST /terms</c> and
/// <c>POST /exchange-rates</c> propose; they count when a second person approves.
/// </summary>
internal static class TermsEndpoints
{
    private const int MaxRates = 1000;

    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapGet("/terms", ReadAsync).OpenTo(KeyRole.Finance);
        admin.MapPost("/terms", ProposeAsync).OpenTo(KeyRole.Finance);
        admin.MapPost("/exchange-rates", ProposeRatesAsync).OpenTo(KeyRole.Finance);
    }

    private static async Task<Results<Ok<BillingTerms>, ProblemHttpResult>> ReadAsync(
        string? tenant, string period, TermsBook terms, CancellationToken cancellationToken) =>
        BillPeriod.TryParse(period, "UTC", out _)
            ? TypedResults.Ok(await terms.FindAsync(tenant ?? "", period, cancellationToken))
            : BillEndpoints.BadPeriod();

    private static async Task<Results<Accepted<ProposalResponse>, ProblemHttpResult>> ProposeAsync(
        ProposeTermsRequest request,
        HttpContext context,
        TermsBook terms,
        ProposalDesk desk,
        CancellationToken cancellationToken)
    {
        if (!BillPeriod.TryParse(request.FromPeriod, "UTC", out _))
        {
            return BillEndpoints.BadPeriod();
        }

        if (request.Terms.Fault() is { } fault)
        {
            return AdminProblem.Invalid("invalid_terms", fault);
        }

        var before = await terms.FindAsync(request.Tenant ?? "", request.FromPeriod, cancellationToken);
        return Accepted(await desk.ProposeAsync(
            TermsProposals.Kind,
            $"{request.Tenant ?? "every tenant"} from {request.FromPeriod}",
            request.Reason,
            ActingPerson.Of(context),
            request,
            new { Before = before, After = request.Terms },
            cancellationToken));
    }

    private static async Task<Results<Accepted<ProposalResponse>, ProblemHttpResult>> ProposeRatesAsync(
        IReadOnlyList<ProposedRate> rates, HttpContext context, ProposalDesk desk, CancellationToken cancellationToken)
    {
        if (rates.Count is 0 or > MaxRates)
        {
            return AdminProblem.Invalid("invalid_rates", $"The body is a list of 1 to {MaxRates} rates.");
        }

        return rates.Select(rate => rate.Fault()).FirstOrDefault(fault => fault is not null) is { } wrong
            ? AdminProblem.Invalid("invalid_rates", wrong)
            : Accepted(await desk.ProposeAsync(
                ExchangeRateProposals.Kind,
                string.Join(", ", rates.Select(rate => $"{rate.Currency} {rate.Day:O}")),
                "Rates of exchange.",
                ActingPerson.Of(context),
                rates,
                rates,
                cancellationToken));
    }

    private static Accepted<ProposalResponse> Accepted(Proposal proposal) =>
        TypedResults.Accepted($"/admin/v1/proposals/{proposal.Id}", ProposalResponse.From(proposal));
}
