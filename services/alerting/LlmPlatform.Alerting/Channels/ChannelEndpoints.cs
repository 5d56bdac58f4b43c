using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Alerting.Channels;

/// <summary><c>GET /admin/v1/channels</c> and <c>POST /admin/v1/channels/{name}/test</c>.</summary>
internal static class ChannelEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapGet("/channels", ListAsync);
        admin.MapPost("/channels/{name}/test", TestAsync);
    }

    private static async Task<Results<Ok<Page<ChannelResponse>>, ProblemHttpResult>> ListAsync(
        [AsParameters] PageQuery page,
        ChannelDesk channels,
        DisabledChannels disabled,
        RefusedAddresses refused,
        CancellationToken cancellationToken)
    {
        if (!page.TryRead(out var after, out var problem))
            return problem;
        var declared = channels.Channels;
        var off = await disabled.AmongAsync(declared, cancellationToken);
        var addresses = (await refused.ListAsync(cancellationToken)).ToLookup(address => address.Channel);
        var shown = declared.Select(channel => ChannelResponse.Of(
            channel, off.GetValueOrDefault(channel.Name), addresses[channel.Name]));
        return TypedResults.Ok(page.Cut(shown, channel => channel.Name, after));
    }

    /// <summary>
    /// Sends a notice that says it is a test, at once and once; the answer says what the channel made of it. A channel
    /// that takes it is sent to again, if it was disabled, and so is what was kept for it.
    /// </summary>
    private static async Task<Results<Ok<ChannelTestResponse>, ProblemHttpResult>> TestAsync(
        string name,
        HttpContext http,
        ChannelDesk channels,
        DisabledChannels disabled,
        RefusedAddresses refused,
        DeliveryDesk deliveries,
        AlertingDbContext database,
        IOutbox<AlertingDbContext> outbox,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (channels.Find(name) is not { } channel)
            return AdminProblem.NotFound("channel_not_found", $"The configuration file declares no channel '{name}'.");

        var now = clock.GetUtcNow();
        var notice = TestNotice(name, now);
        var result = await channels.SendAsync(channel, notice, cancellationToken);
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = notice.DeliveryId,
            ChangedAt = now,
            Actor = http.Actor(),
            Action = "channel.tested",
            Resource = $"channel:{name}",
            Summary = result.Detail,
        });
        await database.SaveChangesAsync(cancellationToken);
        await refused.NoteAsync(channel, result, cancellationToken);
        if (result.Outcome == SendOutcome.Delivered && await disabled.RemoveAsync(name, cancellationToken))
            await deliveries.TakeUpAsync(cancellationToken);
        return TypedResults.Ok(new ChannelTestResponse(result.Outcome, result.Detail, notice.ShortId));
    }

    private static AlertNotice TestNotice(string channel, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new AlertNotice
        {
            DeliveryId = id,
            Kind = "channel.test",
            OccurredAt = now,
            Title = $"Test of channel {channel}",
            Text = "An operator tested this channel. Nothing has happened, and nothing needs to be done.",
            Page = "alerts",
            Facts = [new NoticeFact("Channel", channel)],
            Data = new { Channel = channel },
        };
    }
}
