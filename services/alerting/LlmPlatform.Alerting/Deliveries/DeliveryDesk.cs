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
        InScopeAsync(scope => scope.GetRequiredService<DeliveryBook>().DueChannelsAsync(cancellationToken));

    /// <summary>Takes up again what waited for channels that are declared, and have an address, by now.</summary>
    public Task<int> TakeUpAsync(CancellationToken cancellationToken) => InScopeAsync(async scope =>
    {
        var (declared, disabled) = (channels.Channels, scope.GetRequiredService<DisabledChannels>());
        await disabled.ReviewAsync(declared, cancellationToken);
        var off = await disabled.AmongAsync(declared, cancellationToken);
        string[] open = [.. declared.Select(channel => channel.Name).Where(name => !off.ContainsKey(name))];
        return await scope.GetRequiredService<DeliveryBook>().TakeUpAsync(open, cancellationToken);
    });

    /// <summary>Sends until nothing is due to the channel.</summary>
    /// <returns>How many attempts were made.</returns>
    public async Task<int> SendDueAsync(string channel, CancellationToken cancellationToken)
    {
        var attempts = 0;
        while (await InScopeAsync(scope => SendNextAsync(scope, channel, cancellationToken)))
            attempts++;
        return attempts;
    }

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    private async Task<bool> SendNextAsync(IServiceProvider scope, string name, CancellationToken cancellationToken)
    {
        var book = scope.GetRequiredService<DeliveryBook>();
        if (await book.ClaimAsync(name, cancellationToken) is not { } claim)
            return false;

        if (channels.Find(name) is not { } channel)
        {
            await book.SetAsideAsync(
                claim, DeliveryState.ChannelMissing, "the configuration file declares no such channel",
                cancellationToken);
            metrics.Count(name, Delivery.TextOf(DeliveryState.ChannelMissing));
            LogMissing(claim.Id, name);
            return true;
        }

        if (await scope.GetRequiredService<DisabledChannels>().ContainsAsync(channel, cancellationToken))
        {
            await book.SetAsideAsync(
                claim, DeliveryState.ChannelDisabled, "the address of the channel is gone", cancellationToken);
            metrics.Count(name, Delivery.TextOf(DeliveryState.ChannelDisabled));
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
        await SendAsync(scope, claims, channel, cancellationToken);
        return true;
    }

    private async Task SendAsync(
        IServiceProvider scope,
        List<Delivery> claims,
        ChannelConfiguration channel,
        CancellationToken cancellationToken)
    {
        var book = scope.GetRequiredService<DeliveryBook>();
        var addresses = scope.GetRequiredService<RefusedAddresses>();
        var sentTo = await addresses.LeaveOutAsync(channel, cancellationToken);
        SendResult result;
        Guid? gatheredIn = null;
        try
        {
            var notices = new List<AlertNotice>();
            foreach (var claim in claims)
                notices.Add(await NoticeOfAsync(book, claim, cancellationToken));
            var notice = notices.Count == 1 ? notices[0] : GatheredNotice.Of(notices);
            gatheredIn = notices.Count == 1 ? null : notice.DeliveryId;
            result = await channels.SendAsync(sentTo, notice, cancellationToken);
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

        // After what was delivered is noted, because that must not wait. A refusal that is not noted, because the
        // process died, is met again.
        await addresses.NoteAsync(sentTo, result, cancellationToken);
        if (result.Outcome == SendOutcome.Gone)
            await DisableAsync(scope, channel, result, cancellationToken);
    }

    // What the address refused is set aside by now, and sent once there is another.
    private async Task DisableAsync(
        IServiceProvider scope, ChannelConfiguration channel, SendResult result, CancellationToken cancellationToken)
    {
        await scope.GetRequiredService<DisabledChannels>().AddAsync(channel, result.Detail, cancellationToken);
        LogDisabled(channel.Name, result.Detail);
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

    [LoggerMessage(LogLevel.Error,
        "Channel {Channel} is disabled, because its address is gone ({Detail}): give it another, or test it")]
    private partial void LogDisabled(string channel, string detail);

    [LoggerMessage(LogLevel.Warning,
        "Delivery {DeliveryId} waits: the configuration file declares no channel {Channel}")]
    private partial void LogMissing(Guid deliveryId, string channel);
}
