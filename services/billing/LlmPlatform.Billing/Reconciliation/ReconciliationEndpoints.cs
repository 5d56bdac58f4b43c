using System.Globalization;
using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Proposals;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// <c>POST /admin/v1/reconciliations</c> pulls and compares, <c>…/upload?provider=&amp;period=</c> compares a file,
/// <c>…/{id}/sign-off</c> proposes to book the difference; a second person approves it as any proposal.
/// </summary>
internal static class ReconciliationEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        var reconciliations = admin.MapGroup("/reconciliations").OpenTo(KeyRole.Finance);
        reconciliations.MapGet("", ListAsync);
        reconciliations.MapGet("/{id:guid}", ReadAsync);
        reconciliations.MapPost("", PullAsync);
        reconciliations.MapPost("/upload", UploadAsync);
        reconciliations.MapPost("/{id:guid}/sign-off", SignOffAsync);
    }

    private static async Task<Results<Ok<Page<ReconciliationSummary>>, ProblemHttpResult>> ListAsync(
        string period, ReconciliationBook book, CancellationToken cancellationToken) =>
        BillPeriod.TryParse(period, "UTC", out _)
            ? TypedResults.Ok(new Page<ReconciliationSummary>(
                [.. (await book.LatestAsync(period, cancellationToken)).Select(ReconciliationSummary.Of)], null))
            : BillEndpoints.BadPeriod();

    private static async Task<Results<Ok<ReconciliationReport>, ProblemHttpResult>> ReadAsync(
        Guid id, ReconciliationBook book, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is { } report ? TypedResults.Ok(report) : NotFound(id);

    private static async Task<Results<Ok<ReconciliationReport>, ProblemHttpResult>> PullAsync(
        ReconcileRequest request,
        ProviderPulls pulls,
        CancellationToken cancellationToken)
    {
        if (!BillPeriod.TryParse(request.Period, "UTC", out var month))
        {
            return BillEndpoints.BadPeriod();
        }

        try
        {
            return await pulls.PullAsync(request.Provider, month, cancellationToken) is { } report
                ? TypedResults.Ok(report)
                : AdminProblem.NotFound(
                    "account_not_found",
                    $"No account of '{request.Provider}' may be asked: name one in "
                    + "Billing__Reconciliation__Accounts, or upload a file.");
        }
        catch (ReportUnavailableException fault)
        {
            return AdminProblem.Unavailable("report_unavailable", fault.Message);
        }
    }

    private static async Task<Results<Ok<ReconciliationReport>, ProblemHttpResult>> UploadAsync(
        string provider,
        string period,
        HttpRequest request,
        ReconciliationBook book,
        ReconciliationOptions options,
        CancellationToken cancellationToken)
    {
        if (!BillPeriod.TryParse(period, "UTC", out var month))
        {
            return BillEndpoints.BadPeriod();
        }

        if (await ReadTextAsync(request, options.MaxUploadChars, cancellationToken) is not { } text)
        {
            return AdminProblem.Invalid(
                "file_too_large", $"The file has more than {options.MaxUploadChars} characters.");
        }

        try
        {
            return TypedResults.Ok(await book.CompareAsync(
                provider, month, "upload", UploadedCharges.Read(text, month), cancellationToken));
        }
        catch (FormatException fault)
        {
            return AdminProblem.Invalid("invalid_file", fault.Message);
        }
    }

    private static async Task<Results<Accepted<ProposalResponse>, ProblemHttpResult>> SignOffAsync(
        Guid id,
        ReasonRequest request,
        HttpContext context,
        ReconciliationBook book,
        ProposalDesk desk,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return AdminProblem.Invalid("reason_missing", "reason says why the difference is in order.");
        }

        if (await book.FindAsync(id, cancellationToken) is not { } report)
        {
            return NotFound(id);
        }

        var difference = (report.TheirsUsd - report.OursUsd).Trimmed();
        var proposal = await desk.ProposeAsync(
            ReconciliationProposals.Kind,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Provider}, {report.Period}: {difference} USD, version {report.Version}"),
            request.Reason,
            ActingPerson.Of(context),
            id,
            report.ByKind,
            cancellationToken);
        return TypedResults.Accepted($"/admin/v1/proposals/{proposal.Id}", ProposalResponse.From(proposal));
    }

    private static async Task<string?> ReadTextAsync(
        HttpRequest request, int maxChars, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var text = new System.Text.StringBuilder();
        var buffer = new char[8192];
        while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (text.Length + read > maxChars)
            {
                return null;
            }

            text.Append(buffer, 0, read);
        }

        return text.ToString();
    }

    private static ProblemHttpResult NotFound(Guid id) =>
        AdminProblem.NotFound("reconciliation_not_found", $"There is no reconciliation '{id}'.");
}
