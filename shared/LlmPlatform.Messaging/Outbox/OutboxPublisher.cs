using System.Diagnostics;
using System.Text.Json;
using MassTransit;

namespace LlmPlatform.Messaging;

/// <summary>Sends one outbox row through the bus that all modules of the process share.</summary>
internal sealed class OutboxPublisher(IBus bus, MessageContracts contracts, TimeProvider time)
{
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

    private async Task SendAsync(OutboxMessage row, object message, Type type, OutboxOptions options)
    {
        using var deadline = new CancellationTokenSource(options.PublishTimeout, time);
        var sending = Start(row, message, type, options.Mandatory, deadline.Token);

        // With no broker the bus waits for minutes and may ignore the token, so the wait itself is bounded. The task
        // that is left behind ends on its own; its outcome is unknown, hence the repeat under the same id.
        _ = sending.ContinueWith(
            static abandoned => abandoned.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        await sending.WaitAsync(options.PublishTimeout, time);
    }

    private async Task Start(
        OutboxMessage row, object message, Type type, bool mandatory, CancellationToken cancellationToken)
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
                },
                cancellationToken);
            return;
        }

        var endpoint = await bus.GetSendEndpoint(new Uri(row.DestinationAddress));
        await endpoint.Send(message, type, context => Address(context, row), cancellationToken);
    }

    private static void Address(SendContext context, OutboxMessage row)
    {
        context.MessageId = row.MessageId;
        context.CorrelationId = row.CorrelationId ?? context.CorrelationId;
        context.ConversationId = row.ConversationId ?? context.ConversationId;
        context.InitiatorId = row.InitiatorId ?? context.InitiatorId;
    }
}
