using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace LlmPlatform.Hosting.Tests.Bus;

/// <summary>A virtual host of one test, looked at past MassTransit.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly IConnection _connection;

    private Broker(string address, IConnection connection)
    {
        Address = address;
        _connection = connection;
    }

    public string Address { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Broker> StartAsync()
    {
        var address = await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        var factory = new ConnectionFactory { Uri = new Uri(address) };
        return new Broker(address, await factory.CreateConnectionAsync(Cancellation));
    }

    public Task<IChannel> ChannelAsync() => _connection.CreateChannelAsync(cancellationToken: Cancellation);

    /// <summary>Null when there is no such queue.</summary>
    public async Task<uint?> MessagesAsync(string queue)
    {
        await using var channel = await ChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, Cancellation)).MessageCount;
        }
        catch (OperationInterruptedException gone) when (gone.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    /// <summary>The broker's own words on how the queue differs from what is named, or null when it does not.</summary>
    public async Task<string?> DifferenceAsync(
        string queue, bool durable, bool autoDelete, params (string Name, object Value)[] arguments)
    {
        await using var channel = await ChannelAsync();
        try
        {
            await channel.QueueDeclareAsync(
                queue,
                durable,
                exclusive: false,
                autoDelete,
                arguments.ToDictionary(pair => pair.Name, pair => (object?)pair.Value),
                cancellationToken: Cancellation);
            return null;
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == 406)
        {
            return refused.ShutdownReason.ReplyText;
        }
    }

    /// <summary>True when the queue belongs to one connection, and goes with it.</summary>
    public async Task<bool> IsExclusiveAsync(string queue)
    {
        await using var channel = await ChannelAsync();
        try
        {
            await channel.QueueDeclarePassiveAsync(queue, Cancellation);
            return false;
        }
        catch (OperationInterruptedException refused)
        {
            return refused.ShutdownReason?.ReplyCode == 405;
        }
    }

    public Task UntilAsync(string queue, uint? messages) => Eventually.UntilAsync(
        () => MessagesAsync(queue),
        seen => seen == messages,
        TimeSpan.FromSeconds(60),
        $"'{queue}' holds {messages?.ToString() ?? "nothing, being gone"}",
        Cancellation);

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
