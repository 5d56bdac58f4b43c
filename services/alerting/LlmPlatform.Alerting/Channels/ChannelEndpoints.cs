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
        admin.MapGet("/channels", List);
        admin.MapPost("/channels/{name}/test", TestAsync);
    }

    private static Results<Ok<Page<ChannelResponse>>, ProblemHttpResult> List(
        [AsParameters] PageQuery page, ChannelDesk channels)
    {
        if (!page.TryRead(out var after, out var problem))
            return problem;
        return TypedResults.Ok(
            page.Cut(channels.Channels.Select(ChannelResponse.Of), channel => channel.Name, after));
    }

    /// <summary>
    /// Sends a notice that says it is a test, at once and once; the answer says what the channel made of it.
    /// </summary>
    private static async Task<Results<Ok<ChannelTestResponse>, ProblemHttpResult>> TestAsync(
        string name,
        HttpContext http,
        ChannelDesk channels,
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
