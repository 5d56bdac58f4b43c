using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace LlmPlatform.Chaos.Faults;

/// <summary>A copy of every envelope that leaves the edges, to be delivered again as it was.</summary>
internal sealed class CapturedEnvelopes : IAsyncDisposable
{
    private static readonly string[] _exchanges =
        ["LlmPlatform.Contracts.Usage:UsageRecordedBatch", "LlmPlatform.Contracts.Requests:RequestCompletedBatch"];

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentQueue<Envelope> _envelopes = new();

    private CapturedEnvelopes(IConnection connection, IChannel channel) =>
        (_connection, _channel) = (connection, channel);

    /// <summary>Begins to copy.</summary>
    public static async Task<CapturedEnvelopes> OfAsync(string broker)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(broker) }.CreateConnectionAsync();
        // Confirmed: what was published again is in the queues when publishing ends.
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var captured = new CapturedEnvelopes(connection, channel);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        foreach (var exchange in _exchanges)
            await channel.QueueBindAsync(queue, exchange, routingKey: "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            // The client takes its buffer back when this returns.
            var (properties, body) = (new BasicProperties(delivery.BasicProperties), delivery.Body.ToArray());
            captured._envelopes.Enqueue(new Envelope(delivery.Exchange, properties, body));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        return captured;
    }

    /// <summary>Publishes each envelope so many times, in random order.</summary>
    /// <returns>How many were published.</returns>
    public async Task<int> PublishShuffledAsync(int times)
    {
        var repeated = Enumerable.Repeat(_envelopes.ToArray(), times).SelectMany(envelopes => envelopes).ToArray();
        Random.Shared.Shuffle(repeated);
        foreach (var envelope in repeated)
        {
            await _channel.BasicPublishAsync(
                envelope.Exchange, routingKey: "", mandatory: true, envelope.Properties, envelope.Body);
        }

        return repeated.Length;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private sealed record Envelope(string Exchange, BasicProperties Properties, byte[] Body);
}
