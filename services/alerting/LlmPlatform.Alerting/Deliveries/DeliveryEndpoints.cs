using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// <c>GET /admin/v1/deliveries?alert=&amp;channel=&amp;state=</c>, newest first, and
/// <c>POST /admin/v1/deliveries/{id}/redeliver</c>.
/// </summary>
internal static class DeliveryEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapGet("/deliveries", ListAsync);
        admin.MapPost("/deliveries/{id:guid}/redeliver", RedeliverAsync);
    }

    private static async Task<Results<Ok<Page<DeliveryResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        Guid? alert,
        string? channel,
        string? state,
        AlertingDbContext database,
        CancellationToken cancellationToken)
    {
        if (NumberedPage.FaultOf(page, out var before) is { } problem)
            return problem;
        DeliveryState? wanted = null;
        if (state is not null)
        {
            wanted = Enum.GetValues<DeliveryState>().Cast<DeliveryState?>()
                .FirstOrDefault(known => Delivery.TextOf(known!.Value) == state);
            if (wanted is null)
                return AdminProblem.Invalid(
                    "invalid_state",
                    "state is one of pending, delivered, dead, channel_missing, channel_disabled, withdrawn.");
        }

        var found = await database.Deliveries.AsNoTracking()
            .Where(delivery => delivery.Number < before
                && (alert == null || delivery.AlertId == alert)
                && (channel == null || delivery.Channel == channel)
                && (wanted == null || delivery.State == wanted))
            .OrderByDescending(delivery => delivery.Number)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(NumberedPage.Of(page, found, delivery => delivery.Number, DeliveryResponse.Of));
    }

    /// <summary>Sends again what was given up, set aside, or delivered to where it cannot be found any more.</summary>
    private static async Task<Results<Ok<DeliveryResponse>, ProblemHttpResult>> RedeliverAsync(
        Guid id,
        HttpContext http,
        AlertingDbContext database,
        DeliveryBook book,
        IOutbox<AlertingDbContext> outbox,
        DeliverySignal signal,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var restarted = await book.RestartAsync(id, cancellationToken);
        var delivery = await database.Deliveries.AsNoTracking()
            .SingleOrDefaultAsync(delivery => delivery.Id == id, cancellationToken);
        if (delivery is null)
            return AdminProblem.NotFound("delivery_not_found", $"There is no delivery {id}.");
        if (!restarted)
            return AdminProblem.Conflict("delivery_pending", "It is on its way and is tried again by itself.");

        var now = clock.GetUtcNow();
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(now),
            ChangedAt = now,
            Actor = http.Actor(),
            Action = "delivery.restarted",
            Resource = $"delivery:{id}",
            Summary = $"channel {delivery.Channel}",
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        signal.Raise();
        return TypedResults.Ok(DeliveryResponse.Of(delivery));
    }
}
