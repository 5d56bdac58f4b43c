using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using MassTransit;

namespace LlmPlatform.Messaging;

/// <summary>Sends one outbox row through the bus that all modules of the process share.</summary>
internal sealed class OutboxPublisher(IBus bus, MessageContracts contracts, TimeProvider time)
{
    private const int WaitsBeforeLost = 12;

    private readonly ConcurrentDictionary<(long Id, Guid MessageId), (Task Task, long Since)> _sending = new();

    public async Task<SendOutcome> SendAsync(OutboxMessage row, OutboxOptions options)
    {
        if (contracts.Find(row.MessageType) is not { } type)
            return SendOutcome.Parked($"No registered contract assembly has the type {row.MessageType}.");

        object? message;
        try
        {
            message = JsonSerializer.Deserialize(row.Body, type, JsonSerializerOptions.Web);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return SendOutcome.Parked($"The body cannot be read as {row.MessageType}: {exception.GetType().Name}.");
        }

        if (message is null)
            return SendOutcome.Parked("The body is null.");

        using var activity = MessagingTelemetry.Activities.StartActivity(
            "outbox send", ActivityKind.Internal, row.TraceParent);
        try
        {
            await SendAsync(row, message, type, options);
            return SendOutcome.Confirmed;
        }
        catch (Exception exception)
        {
            // One message must not take down the round of the others, whatever the transport threw.
            activity?.SetStatus(ActivityStatusCode.Error);
            return SendOutcome.Unconfirmed(exception);
        }
    }

    // A send is not given up halfway: that leaves the client's channel in the middle of a declaration. Only the wait is
    // bounded; a send that goes on is waited for again when its row's turn comes, so that a row is not queued in the
    // bus anew with every attempt while the broker is away. One that lasts far too long is taken for lost.
    private async Task SendAsync(OutboxMessage row, object message, Type type, OutboxOptions options)
    {
        var key = (row.Id, row.MessageId);
        if (!_sending.TryGetValue(key, out var sending)
            || time.GetElapsedTime(sending.Since) > options.PublishTimeout * WaitsBeforeLost)
        {
            sending = (Start(row, message, type, options.Mandatory), time.GetTimestamp());
            _sending[key] = sending;
            _ = sending.Task.ContinueWith(
                ended =>
                {
                    _sending.TryRemove(key, out _);
                    return ended.Exception;
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        await sending.Task.WaitAsync(options.PublishTimeout, time);
    }

    private async Task Start(OutboxMessage row, object message, Type type, bool mandatory)
    {
        if (row.DestinationAddress is null)
        {
            await bus.Publish(
                message,
                type,
                context =>
                {
                    Address(context, row);
                    context.Mandatory = mandatory;
                });
            return;
        }

        var endpoint = await bus.GetSendEndpoint(new Uri(row.DestinationAddress));
        await endpoint.Send(message, type, context => Address(context, row));
    }

    private static void Address(SendContext context, OutboxMessage row)
    {
        context.MessageId = row.MessageId;
        context.CorrelationId = row.CorrelationId ?? context.CorrelationId;
        context.ConversationId = row.ConversationId ?? context.ConversationId;
        context.InitiatorId = row.InitiatorId ?? context.InitiatorId;
    }
}
