using LlmPlatform.Contracts.Usage;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Completeness;

/// <summary>Notes requests whose edge let go of what they held. A repeat changes nothing.</summary>
internal sealed class HoldsExpiredConsumer(BillingDbContext database) : IConsumer<HoldsExpired>
{
    public Task Consume(ConsumeContext<HoldsExpired> context)
    {
        var holds = context.Message.Holds;
        var requests = holds.Select(hold => hold.RequestId).ToArray();
        var amounts = holds.Select(hold => hold.FreedNanoUsd).ToArray();
        return database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO billing.expired_hold (request_id, freed_nano_usd, expired_at)
            SELECT request_id, freed, {context.Message.ExpiredAt.ToUniversalTime()}
            FROM unnest({requests}, {amounts}) AS expired (request_id, freed)
            ON CONFLICT DO NOTHING
            """,
            context.CancellationToken);
    }
}
