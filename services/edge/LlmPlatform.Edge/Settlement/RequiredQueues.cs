using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Asks the broker whether queues exist, without declaring them: only their consumers know how. It uses a connection of
/// its own, so that its answer also says whether the broker can be reached at all.
/// </summary>
internal sealed class RequiredQueues(Uri broker)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Where the broker is.</summary>
    public Uri Broker => broker;

    /// <summary>Which of the queues do not exist.</summary>
    /// <exception cref="BrokerUnreachableException">The broker does not answer.</exception>
    public async Task<IReadOnlyList<string>> FindMissingAsync(
        IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker,
            ClientProvidedName = "edge: do the queues exist",
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = Patience,
        };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        var missing = new List<string>();
        foreach (var name in names)
        {
            if (!await ExistsAsync(connection, name, cancellationToken))
            {
                missing.Add(name);
            }
        }

        return missing;
    }

    private static async Task<bool> ExistsAsync(
        IConnection connection, string name, CancellationToken cancellationToken)
    {
        // A refusal closes the channel, hence one for each.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeclarePassiveAsync(name, cancellationToken);
            return true;
        }
        catch (OperationInterruptedException refusal) when (refusal.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }
}
