using LlmPlatform.Alerting.Incidents;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// Which channels are sent nothing, because their address is gone for good. Each is a trouble that other channels are
/// told of, and of its end. Scoped, like the context.
/// </summary>
/// <remarks>
/// The trouble is told before the row says so, and its end before the row goes: whoever dies in between does both
/// again, and a repeat tells nothing.
/// </remarks>
internal sealed class DisabledChannels(AlertingDbContext database, IncidentBook incidents, TimeProvider clock)
{
    public Task<bool> ContainsAsync(ChannelConfiguration channel, CancellationToken cancellationToken)
    {
        var hash = DisabledChannel.HashOf(channel);
        return database.DisabledChannels.AnyAsync(
            disabled => disabled.Name == channel.Name && disabled.AddressHash == hash, cancellationToken);
    }

    /// <summary>Those of the channels that are sent nothing, by name.</summary>
    public async Task<IReadOnlyDictionary<string, DisabledChannel>> AmongAsync(
        IReadOnlyList<ChannelConfiguration> channels, CancellationToken cancellationToken)
    {
        var rows = await database.DisabledChannels.AsNoTracking().ToListAsync(cancellationToken);
        return rows.Where(row => IsOf(row, channels)).ToDictionary(row => row.Name);
    }

    /// <summary>Sends a channel nothing more at the address it has.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="reason">What its address said, in words without secrets.</param>
    /// <param name="cancellationToken">Abandons it; the next refusal does it again.</param>
    public async Task AddAsync(ChannelConfiguration channel, string reason, CancellationToken cancellationToken)
    {
        var (now, hash) = (clock.GetUtcNow(), DisabledChannel.HashOf(channel));
        await HearAsync(channel.Name, holds: true, reason, now, cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO alerting.disabled_channel (name, address_hash, reason, since)
            VALUES ({channel.Name}, {hash}, {reason}, {now})
            ON CONFLICT (name) DO UPDATE SET address_hash = {hash}, reason = {reason}, since = {now}
            WHERE disabled_channel.address_hash <> {hash}
            """,
            cancellationToken);
    }

    /// <summary>Sends to a channel again, which has shown that it takes what it is sent.</summary>
    /// <returns>False where it was not disabled.</returns>
    public async Task<bool> RemoveAsync(string channel, CancellationToken cancellationToken)
    {
        if (!await database.DisabledChannels.AnyAsync(disabled => disabled.Name == channel, cancellationToken))
            return false;
        await HearAsync(channel, holds: false, "a test of it was delivered", clock.GetUtcNow(), cancellationToken);
        await database.DisabledChannels.Where(disabled => disabled.Name == channel)
            .ExecuteDeleteAsync(cancellationToken);
        return true;
    }

    /// <summary>Sends again to those that have another address by now, and forgets those that are gone.</summary>
    public async Task ReviewAsync(IReadOnlyList<ChannelConfiguration> channels, CancellationToken cancellationToken)
    {
        foreach (var row in await database.DisabledChannels.AsNoTracking().ToListAsync(cancellationToken))
        {
            if (IsOf(row, channels))
                continue;
            await HearAsync(
                row.Name, holds: false, "the file gives it another address, or none", clock.GetUtcNow(),
                cancellationToken);
            await database.DisabledChannels
                .Where(disabled => disabled.Name == row.Name && disabled.AddressHash == row.AddressHash)
                .ExecuteDeleteAsync(cancellationToken);
        }
    }

    private static bool IsOf(DisabledChannel row, IReadOnlyList<ChannelConfiguration> channels) =>
        channels.Any(channel => channel.Name == row.Name && DisabledChannel.HashOf(channel) == row.AddressHash);

    private Task HearAsync(
        string channel, bool holds, string detail, DateTimeOffset now, CancellationToken cancellationToken) =>
        incidents.HearAsync(
            new ConditionObserved
            {
                Condition = Conditions.ChannelDisabled,
                Subject = channel,
                Holds = holds,
                Detail = detail,
                ObservedAt = now,
            },
            named: null,
            cancellationToken);
}
