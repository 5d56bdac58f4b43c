using RabbitMQ.Client;

namespace LlmPlatform.Chaos.Faults;

/// <summary>A copy of every envelope that leaves the edges, to be delivered again as it was.</summary>
internal sealed class CapturedEnvelopes : IAsyncDisposable
{
    private const string CopyQueue = "chaos-copies";
    private const int MostKept = 5000;

    private static readonly Dictionary<string, string[]> _consumersOf = new()
    {
        ["LlmPlatform.Contracts.Usage:UsageRecordedBatch"] = ["metering-usage-recorded", "billing-usage-recorded"],
        ["LlmPlatform.Contracts.Requests:RequestCompletedBatch"] =
            ["audit-request-completed", "metering-request-completed"],
    };

    private readonly ConnectionFactory _factory;

    private CapturedEnvelopes(ConnectionFactory factory) => _factory = factory;

    /// <summary>Begins to copy; the broker may die meanwhile.</summary>
    public static async Task<CapturedEnvelopes> OfAsync(string broker)
    {
        var captured = new CapturedEnvelopes(new ConnectionFactory { Uri = new Uri(broker) });
        await using var connection = await captured._factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(
            CopyQueue, durable: true, exclusive: false, autoDelete: false,
            arguments: new Dictionary<string, object?> { ["x-max-length"] = MostKept });
        foreach (var exchange in _consumersOf.Keys)
            await channel.QueueBindAsync(CopyQueue, exchange, routingKey: "");
        return captured;
    }

    /// <summary>
    /// Gives each of so many envelopes, the oldest first, to each of its consumers so many times, in random order.
    /// </summary>
    /// <returns>How many were delivered.</returns>
    public async Task<int> DeliverAgainAsync(int envelopes, int times)
    {
        await using var connection = await _factory.CreateConnectionAsync();
        // Confirmed: what was published is in the queues when publishing ends.
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var deliveries = new List<(string Queue, BasicProperties Properties, ReadOnlyMemory<byte> Body)>();
        while (envelopes-- > 0 && await channel.BasicGetAsync(CopyQueue, autoAck: true) is { } copy)
        {
            var properties = new BasicProperties(copy.BasicProperties);
            deliveries.AddRange(Enumerable.Repeat(_consumersOf[copy.Exchange], times)
                .SelectMany(queues => queues)
                .Select(queue => (queue, properties, (ReadOnlyMemory<byte>)copy.Body.ToArray())));
        }

        var shuffled = deliveries.ToArray();
        Random.Shared.Shuffle(shuffled);
        foreach (var (queue, properties, body) in shuffled)
            await channel.BasicPublishAsync(exchange: "", queue, mandatory: true, properties, body);
        return shuffled.Length;
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = await _factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(CopyQueue);
    }
}
