using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Hands envelopes of one kind to the broker, on a connection of its own, and knows which of them it has: one is done
/// when the broker has confirmed it and a queue took it.
/// </summary>
internal sealed class EnvelopePublisher(Uri broker, EnvelopeKind kind) : IAsyncDisposable
{
    private const string ContentType = "application/vnd.masstransit+json";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Completes when the broker has it.</summary>
    /// <param name="messageId">The same for the same events.</param>
    /// <param name="body">The message.</param>
    /// <param name="cancellationToken">Gives up; then its fate is not known.</param>
    /// <exception cref="PublishException">The broker refused it, or no queue took it.</exception>
    public async Task PublishAsync(Guid messageId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var channel = await OpenAsync(cancellationToken);
        var properties = new BasicProperties
        {
            ContentType = ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = messageId.ToString(),
        };
        try
        {
            await channel.BasicPublishAsync(
                kind.Exchange, routingKey: "", mandatory: true, properties, body, cancellationToken);
        }
        catch (PublishException)
        {
            throw;
        }
        catch
        {
            // What became of it is not known, nor whether the connection still carries anything.
            await ForgetAsync(channel);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_channel is { } channel)
        {
            await ForgetAsync(channel);
        }

        _gate.Dispose();
    }

    private async ValueTask<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
        {
            return open;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_channel is { IsOpen: true } other)
            {
                return other;
            }

            await CloseNeedsGateAsync();
            var factory = new ConnectionFactory
            {
                Uri = broker,
                ClientProvidedName = $"edge: {kind.Name} from the spool",
                AutomaticRecoveryEnabled = false,
                RequestedConnectionTimeout = Patience,
                RequestedHeartbeat = Patience,
            };
            _connection = await factory.CreateConnectionAsync(cancellationToken);
            var channel = await _connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                cancellationToken);

            // As MassTransit declares it: without it a publish would close the channel instead of being returned.
            await channel.ExchangeDeclareAsync(
                kind.Exchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
            return _channel = channel;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task ForgetAsync(IChannel channel)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (ReferenceEquals(_channel, channel))
            {
                await CloseNeedsGateAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CloseNeedsGateAsync()
    {
        var connection = _connection;
        (_connection, _channel) = (null, null);
        if (connection is not null)
        {
            await connection.AbortAsync(TimeSpan.FromSeconds(1));
            await connection.DisposeAsync();
        }
    }
}
