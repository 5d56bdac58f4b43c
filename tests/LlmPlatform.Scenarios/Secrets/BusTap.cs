using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace LlmPlatform.Scenarios.Secrets;

/// <summary>Hears every message that the platform publishes: one queue, bound to the exchange of each.</summary>
public sealed class BusTap : IAsyncDisposable
{
    private static readonly string[] _messages =
    [
        "Usage:UsageRecordedBatch", "Requests:RequestCompletedBatch", "Auditing:AdminChangeRecorded",
        "Identity:KeysChanged", "Routing:RoutingSnapshotPublished", "Budgets:LimitsChanged",
        "Pricing:PriceBookPublished", "Pricing:UnpricedUsageFound", "Budgets:BudgetThresholdCrossed",
        "Budgets:BudgetUsageAdvanced", "Budgets:BudgetPeriodOpened", "Budgets:BudgetPeriodEnded", "Billing:BillIssued",
        "Routing:DeploymentDemoted", "Routing:DeploymentRestored",
        "Budgets:BudgetThresholdRearmed", "Budgets:BudgetSpendingObserved", "Operations:ConditionObserved",
        "Pricing:UnpricedUsageRated",
    ];

    private readonly ConcurrentQueue<string> _heard = new();
    private readonly IConnection _connection;
    private IChannel? _channel;

    private BusTap(IConnection connection) => _connection = connection;

    /// <summary>Headers and bodies, as they were sent.</summary>
    public string Heard => string.Join('\n', _heard);

    /// <summary>How many kinds of messages are listened to.</summary>
    public int Exchanges { get; private set; }

    public static async Task<BusTap> OpenAsync(string rabbitMq, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(rabbitMq) };
        var tap = new BusTap(await factory.CreateConnectionAsync(cancellationToken));
        tap._channel = await tap._connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var queue = (await tap._channel.QueueDeclareAsync(cancellationToken: cancellationToken)).QueueName;
        foreach (var message in _messages)
            await tap.BindAsync(queue, "LlmPlatform.Contracts." + message, cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(tap._channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            var headers = delivery.BasicProperties.Headers?.Select(header =>
                $"{header.Key}: {(header.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : header.Value)}");
            tap._heard.Enqueue(string.Join('\n', headers ?? []) + Encoding.UTF8.GetString(delivery.Body.Span));
            return Task.CompletedTask;
        };
        await tap._channel.BasicConsumeAsync(queue, autoAck: true, consumer, cancellationToken);
        return tap;
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null)
            await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    // Not every message has been published yet, and what has no exchange closes the channel that asks for it.
    private async Task BindAsync(string queue, string exchange, CancellationToken cancellationToken)
    {
        try
        {
            await using var probe = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await probe.ExchangeDeclarePassiveAsync(exchange, cancellationToken);
            await _channel!.QueueBindAsync(queue, exchange, "", cancellationToken: cancellationToken);
            Exchanges++;
        }
        catch (OperationInterruptedException)
        {
            // Nothing of the kind will be heard in this scenario.
        }
    }
}
