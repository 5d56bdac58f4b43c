using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>Sends what is due to a channel, one after another: claim, send, note.</summary>
internal sealed partial class DeliveryDesk(
    IServiceScopeFactory scopes, ChannelDesk channels, DeliveryMetrics metrics, ILogger<DeliveryDesk> logger)
{
    public Task<List<string>> DueChannelsAsync(CancellationToken cancellationToken) =>
        WithBookAsync(book => book.DueChannelsAsync(cancellationToken));

    /// <summary>Takes up again what waited for a channel that is declared now.</summary>
    public Task<int> TakeUpAsync(CancellationToken cancellationToken)
    {
        string[] declared = [.. channels.Channels.Select(channel => channel.Name)];
        return WithBookAsync(book => book.TakeUpAsync(declared, cancellationToken));
    }

    /// <summary>Sends until nothing is due to the channel.</summary>
    /// <returns>How many attempts were made.</returns>
    public async Task<int> SendDueAsync(string channel, CancellationToken cancellationToken)
    {
        var attempts = 0;
        while (await WithBookAsync(book => SendNextAsync(book, channel, cancellationToken)))
            attempts++;
        return attempts;
    }

    private async Task<T> WithBookAsync<T>(Func<DeliveryBook, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<DeliveryBook>());
    }

    private async Task<bool> SendNextAsync(DeliveryBook book, string name, CancellationToken cancellationToken)
    {
        if (await book.ClaimAsync(name, cancellationToken) is not { } claim)
            return false;

        if (channels.Find(name) is not { } channel)
        {
            await book.NoteMissingAsync(claim, cancellationToken);
            metrics.Count(name, Delivery.TextOf(DeliveryState.ChannelMissing));
            LogMissing(claim.Id, name);
            return true;
        }

        if (!claim.IsUrgent && channel.MaxPerHour is { } maxPerHour && ChannelDesk.Gathers(channel)
            && await book.FullUntilAsync(name, maxPerHour, cancellationToken) is { } until)
        {
            await book.PostponeAsync(claim, until, cancellationToken);
            return true;
        }

        List<Delivery> claims = claim.IsUrgent || !ChannelDesk.Gathers(channel)
            ? [claim]
            : [claim, .. await book.ClaimGatheredAsync(name, cancellationToken)];
        await SendAsync(book, claims, channel, cancellationToken);
        return true;
    }

    private async Task SendAsync(
        DeliveryBook book, List<Delivery> claims, ChannelConfiguration channel, CancellationToken cancellationToken)
    {
        SendResult result;
        Guid? gatheredIn = null;
        try
        {
            var notices = new List<AlertNotice>();
            foreach (var claim in claims)
                notices.Add(await NoticeOfAsync(book, claim, cancellationToken));
            var notice = notices.Count == 1 ? notices[0] : GatheredNotice.Of(notices);
            gatheredIn = notices.Count == 1 ? null : notice.DeliveryId;
            result = await channels.SendAsync(channel, notice, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops in the middle of an attempt: whoever comes next need not wait for the lease.
            foreach (var claim in claims)
                await book.ReleaseAsync(claim, CancellationToken.None);
            throw;
        }

        // What the channel has taken is noted even while the host stops: otherwise it would be sent again.
        foreach (var claim in claims)
        {
            var state = await book.NoteAsync(claim, result, gatheredIn, CancellationToken.None);
            metrics.Count(channel.Name, state == DeliveryState.Pending ? "retry" : Delivery.TextOf(state));
            Log(claim, channel.Name, state, result);
        }
    }

    private static async Task<AlertNotice> NoticeOfAsync(
        DeliveryBook book, Delivery claim, CancellationToken cancellationToken) => claim.Notice is { } words
        ? NoticeText.Read(words, claim.Id)
        : AlertWording.Of(await book.AlertOfAsync(claim, cancellationToken), claim.Id);

    private void Log(Delivery claim, string channel, DeliveryState state, SendResult result)
    {
        if (state == DeliveryState.Delivered)
            LogDelivered(claim.Id, channel, claim.Attempts, result.Detail);
        else if (state == DeliveryState.Pending)
            LogRetry(claim.Id, channel, claim.Attempts, result.Detail);
        else
            LogDead(claim.Id, channel, claim.Attempts, result.Detail);
    }

    [LoggerMessage(LogLevel.Information,
        "Delivery {DeliveryId} to channel {Channel} is delivered (attempt {Attempt}): {Detail}")]
    private partial void LogDelivered(Guid deliveryId, string channel, int attempt, string detail);

    [LoggerMessage(LogLevel.Warning,
        "Delivery {DeliveryId} to channel {Channel} failed (attempt {Attempt}) and is tried again: {Detail}")]
    private partial void LogRetry(Guid deliveryId, string channel, int attempt, string detail);

    [LoggerMessage(LogLevel.Error,
        "Delivery {DeliveryId} to channel {Channel} is given up (attempt {Attempt}): {Detail}")]
    private partial void LogDead(Guid deliveryId, string channel, int attempt, string detail);

    [LoggerMessage(LogLevel.Warning,
        "Delivery {DeliveryId} waits: the configuration file declares no channel {Channel}")]
    private partial void LogMissing(Guid deliveryId, string channel);
}
