using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Completeness;

/// <summary>
/// <c>GET /admin/v1/completeness?period=2026-11</c>: whether an event of any edge is known to be missing, and
/// <c>POST …/sign-offs</c>: a person answers for what a vanished edge took with it.
/// </summary>
internal static class CompletenessEndpoint
{
    private const int ReasonLength = 1000;

    public static void Map(RouteGroupBuilder admin)
    {
        var completeness = admin.MapGroup("/completeness").OpenTo(KeyRole.Finance);
        completeness.MapGet("", ReadAsync);
        completeness.MapPost("/sign-offs", SignOffAsync);
    }

    private static async Task<Results<Ok<CompletenessResponse>, ProblemHttpResult>> ReadAsync(
        string? period,
        SpoolsReader reader,
        SuspectedUnbilled suspected,
        BillingDbContext database,
        ClickHouseClient clickHouse,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var spools = await reader.ReadAsync(cancellationToken);
        if (period is null)
        {
            var now = clock.GetUtcNow();
            return TypedResults.Ok(new CompletenessResponse
            {
                IsComplete = spools.All(spool => spool.IsComplete),
                Spools = spools,
                SuspectedUnbilled = await suspected.ReadAsync(now.AddDays(-1), now, cancellationToken),
            });
        }

        if (!BillPeriod.TryParse(period, "UTC", out var month))
        {
            return AdminProblem.Invalid("invalid_period", $"'{period}' is no month; write it like 2026-11.");
        }

        var usage = await CountAsync(month, database, clickHouse, cancellationToken);
        return TypedResults.Ok(new CompletenessResponse
        {
            IsComplete = usage is { Unpriced: 0, Quarantined: 0 }
                && spools.All(spool => spool.IsCompleteUntil(month.EndsAt)),
            Period = month.Name,
            Spools = spools,
            Usage = usage,
            SuspectedUnbilled = await suspected.ReadAsync(month.StartsAt, month.EndsAt, cancellationToken),
        });
    }

    private static async Task<UsageCounts> CountAsync(
        BillPeriod month, BillingDbContext database, ClickHouseClient clickHouse, CancellationToken cancellationToken)
    {
        var quarantined = await database.QuarantinedUsage.LongCountAsync(
            kept => kept.OccurredAt >= month.StartsAt && kept.OccurredAt < month.EndsAt, cancellationToken);
        var counts = await clickHouse.QueryAsync(
            $"""
            SELECT count() AS n, countIf(usage_source = 'recovered_estimate') AS recovered,
                countIf(usage_source NOT IN ('recovered_estimate', 'provider')) AS counted,
                countIf(rating_status = '{RatingStatuses.Unpriced}') AS unpriced
            FROM usage_events FINAL
            WHERE occurred_hour >= {ClickHouseLiteral.SecondOf(month.StartsAt)}
                AND occurred_hour < {ClickHouseLiteral.SecondOf(month.EndsAt)}
            """,
            row => new UsageCounts(
                row.GetProperty("n").GetInt64(),
                row.GetProperty("recovered").GetInt64(),
                row.GetProperty("counted").GetInt64(),
                row.GetProperty("unpriced").GetInt64(),
                quarantined),
            cancellationToken);
        return counts[0];
    }

    private static async Task<Results<Ok<SpoolCompleteness>, ProblemHttpResult>> SignOffAsync(
        SignOffRequest request,
        HttpContext context,
        SpoolsReader reader,
        BillingDbContext database,
        IOutbox<BillingDbContext> outbox,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (request.Reason is not { Length: > 0 and <= ReasonLength })
        {
            return AdminProblem.Invalid("invalid_reason", $"reason takes 1 to {ReasonLength} characters.");
        }

        SpoolCompleteness? Find(IEnumerable<SpoolCompleteness> spools) => spools.FirstOrDefault(
            known => known.EdgeId == request.EdgeId && known.Epoch == request.Epoch);
        if (Find(await reader.ReadAsync(cancellationToken)) is not { } spool)
        {
            return AdminProblem.NotFound(
                "spool_not_found", $"Nothing was heard of epoch {request.Epoch} of edge {request.EdgeId}.");
        }

        if (spool.IsComplete)
        {
            return AdminProblem.Conflict("nothing_missing", "Nothing of this spool is missing.");
        }

        var (person, now) = (ActingPerson.Of(context), clock.GetUtcNow());
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO billing.spool_sign_off (edge_id, epoch, missing_events, person, reason, signed_at)
            VALUES ({spool.EdgeId}, {spool.Epoch}, {spool.MissingEvents}, {person}, {request.Reason}, {now})
            ON CONFLICT (edge_id, epoch) DO UPDATE SET missing_events = excluded.missing_events,
                person = excluded.person, reason = excluded.reason, signed_at = excluded.signed_at
            """,
            cancellationToken);
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(now),
            ChangedAt = now,
            Actor = person,
            Action = "spool.signed_off",
            Resource = $"spool:{spool.EdgeId}/{spool.Epoch}",
            Summary = FormattableString.Invariant($"{spool.State}, {spool.MissingEvents} missing: {request.Reason}"),
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(Find(await reader.ReadAsync(cancellationToken))!);
    }
}
