using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Proposals;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// Compares and keeps: every pull that says something new is another version. Scoped, like the context.
/// </summary>
internal sealed class ReconciliationBook(
    BillingDbContext database,
    MeteredUsageReader metered,
    PriceShelf shelf,
    ReconciliationOptions options,
    TimeProvider clock)
{
    /// <summary>Compares a provider's month with ours as it is now.</summary>
    /// <returns>What was known already when nothing is new.</returns>
    public async Task<ReconciliationReport> CompareAsync(
        string provider,
        BillPeriod month,
        string source,
        IReadOnlyList<ProviderCharge> charges,
        CancellationToken cancellationToken)
    {
        var ours = await metered.ReadAsync(provider, month, cancellationToken);
        var keys = options.Accounts.Where(account => account.Provider == provider)
            .SelectMany(account => account.GatewayKeyIds).ToHashSet(StringComparer.Ordinal);
        var variances = Comparison.Of(charges, ours, await shelf.GetAsync(cancellationToken), keys, options);
        var hash = HashOf(charges, ours);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtext('billing.reconciliation'))", cancellationToken);
        var latest = await LatestAsync(provider, month.Name, cancellationToken);
        if (latest?.ContentHash == hash)
        {
            return latest;
        }

        var now = clock.GetUtcNow();
        var report = new ReconciliationReport
        {
            Id = Guid.CreateVersion7(now),
            Provider = provider,
            Period = month.Name,
            Version = (latest?.Version ?? 0) + 1,
            Source = source,
            PulledAt = now,
            ContentHash = hash,
            State = StateOf(variances),
            TheirsUsd = charges.Sum(charge => charge.AmountUsd ?? 0).Trimmed(),
            OursUsd = ours.Sum(day => day.CostUsd).Trimmed(),
            Variances = [.. variances.Select(variance => variance with { AmountUsd = variance.AmountUsd.Trimmed() })],
            Charges = charges,
        };
        var document = JsonSerializer.Serialize(report, ProposalDesk.Json);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO billing.reconciliation (id, provider, period, version, content_hash, state, document)
            VALUES ({report.Id}, {provider}, {month.Name}, {report.Version}, {hash}, {report.State},
                {document}::jsonb)
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return report;
    }

    /// <summary>One of them; null: there is none of that id.</summary>
    public async Task<ReconciliationReport?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync($"SELECT document::text AS \"Value\" FROM billing.reconciliation WHERE id = {id}",
            cancellationToken)).SingleOrDefault();

    /// <summary>The latest of each provider.</summary>
    public Task<IReadOnlyList<ReconciliationReport>> LatestAsync(
        string period, CancellationToken cancellationToken) => ReadAsync(
        $"""
        SELECT DISTINCT ON (provider) document::text AS "Value" FROM billing.reconciliation WHERE period = {period}
        ORDER BY provider, version DESC
        """,
        cancellationToken);

    /// <summary>Marks one as signed for, within the caller's transaction.</summary>
    public async Task SignAsync(ReconciliationReport report, string person, CancellationToken cancellationToken)
    {
        var signed = report with
        {
            State = ReconciliationStates.Signed, SignedBy = person, SignedAt = clock.GetUtcNow(),
        };
        var document = JsonSerializer.Serialize(signed, ProposalDesk.Json);
        await database.Database.ExecuteSqlAsync(
            $"""
            UPDATE billing.reconciliation SET state = {signed.State}, document = {document}::jsonb
            WHERE id = {report.Id}
            """,
            cancellationToken);
    }

    private async Task<ReconciliationReport?> LatestAsync(
        string provider, string period, CancellationToken cancellationToken) =>
        (await LatestAsync(period, cancellationToken)).SingleOrDefault(report => report.Provider == provider);

    private async Task<IReadOnlyList<ReconciliationReport>> ReadAsync(
        FormattableString query, CancellationToken cancellationToken) =>
        [
            .. (await database.Database.SqlQuery<string>(query).ToListAsync(cancellationToken))
                .Select(text => JsonSerializer.Deserialize<ReconciliationReport>(text, ProposalDesk.Json)!),
        ];

    private string StateOf(IReadOnlyList<Variance> variances)
    {
        var moved = variances.Where(variance => variance.Kind is not VarianceKinds.CutOff)
            .Sum(variance => Math.Abs(variance.AmountUsd));
        var net = Math.Abs(variances.Sum(variance => variance.AmountUsd));
        return Math.Max(moved, net) <= options.FreeUsd
            ? ReconciliationStates.WithinTolerance
            : ReconciliationStates.Open;
    }

    private static string HashOf(IReadOnlyList<ProviderCharge> charges, IReadOnlyList<MeteredDay> ours)
    {
        string[] lines =
        [
            .. charges.Select(charge => JsonSerializer.Serialize(charge, ProposalDesk.Json)),
            .. ours.Select(day => JsonSerializer.Serialize(day, ProposalDesk.Json)),
        ];
        Array.Sort(lines, StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(lines)));
    }
}
