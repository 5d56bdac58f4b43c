using LlmPlatform.Chaos.Grounds;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace LlmPlatform.Chaos.Oracle;

/// <summary>Messages that a consumer gave up: each is an event that somebody has not counted.</summary>
internal static class SetAside
{
    private static readonly string[] _consumers =
    [
        "metering-usage-recorded", "billing-usage-recorded", "audit-request-completed", "metering-request-completed",
        "alerting-budget-threshold-crossed", "audit-admin-change-recorded",
    ];

    /// <summary>Every queue that holds some, in words.</summary>
    public static async Task<IEnumerable<string>> ReadAsync(ProvingGround ground, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(ground.Servers.RabbitMq) };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        var found = new List<string>();
        string[] queues = [.. _consumers.SelectMany(name => new[] { name + "_error", name + "_skipped" }), "parked"];
        foreach (var queue in queues)
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                var state = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
                if (state.MessageCount > 0)
                    found.Add($"{state.MessageCount} messages were set aside in {queue}");
            }
            catch (OperationInterruptedException)
            {
                // Not there: nothing was ever set aside.
            }
        }

        return found;
    }
}
