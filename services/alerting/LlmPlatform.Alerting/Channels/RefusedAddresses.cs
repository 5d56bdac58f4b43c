using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// The addresses that mail servers have refused for good: left out for a while, so that who sends to addresses that
/// are not there is not taken for a sender of spam, and shown to operators until one takes a mail. Scoped.
/// </summary>
internal sealed class RefusedAddresses(AlertingDbContext database, ChannelOptions options, TimeProvider clock)
{
    /// <summary>Those of all channels.</summary>
    public Task<List<RefusedAddress>> ListAsync(CancellationToken cancellationToken) =>
        database.RefusedAddresses.AsNoTracking().OrderBy(refused => refused.Address).ToListAsync(cancellationToken);

    /// <summary>The channel without the addresses that were refused lately; as it is, where that leaves none.</summary>
    public async Task<ChannelConfiguration> LeaveOutAsync(
        ChannelConfiguration channel, CancellationToken cancellationToken)
    {
        if (channel.Kind != ChannelKind.Email)
            return channel;
        var since = clock.GetUtcNow() - options.RefusedAddressPause;
        var refused = await database.RefusedAddresses
            .Where(row => row.Channel == channel.Name && row.LastAt > since)
            .Select(row => row.Address)
            .ToListAsync(cancellationToken);
        string[] left = [.. channel.To.Except(refused, StringComparer.Ordinal)];
        return left.Length == 0 || left.Length == channel.To.Count ? channel : channel with { To = left };
    }

    /// <summary>Notes which addresses were refused for good, and forgets those that took a mail.</summary>
    /// <param name="channel">With those that the mail was for.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="cancellationToken">Abandons it; the next mail shows it again.</param>
    public async Task NoteAsync(
        ChannelConfiguration channel, SendResult result, CancellationToken cancellationToken)
    {
        if (channel.Kind != ChannelKind.Email)
            return;
        var now = clock.GetUtcNow();
        foreach (var (address, reply) in result.RefusedRecipients.Where(refused => refused.IsForGood))
        {
            await database.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO alerting.refused_address (channel, address, reply, since, last_at)
                VALUES ({channel.Name}, {address}, {reply}, {now}, {now})
                ON CONFLICT (channel, address) DO UPDATE SET reply = {reply}, last_at = {now}
                """,
                cancellationToken);
        }

        if (result.Outcome != SendOutcome.Delivered)
            return;
        string[] taken = [.. channel.To.Except(result.RefusedRecipients.Select(refused => refused.Address))];
        await database.RefusedAddresses
            .Where(row => row.Channel == channel.Name && taken.Contains(row.Address))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
