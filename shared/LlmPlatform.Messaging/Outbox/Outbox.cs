using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

internal sealed class Outbox<TContext>(
    TContext context, OutboxSignal<TContext> signal, MessageContracts contracts, TimeProvider time) : IOutbox<TContext>
    where TContext : DbContext
{
    public void Add<T>(T message, Guid? messageId = null, Guid? correlationId = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(message);
        Add(Row(message, message.GetType(), messageId, correlationId));
    }

    /// <summary>Adds what a saga published or sent, with the headers the bus gave it.</summary>
    public void Add(CapturedMessage captured) =>
        Add(Row(captured.Message, captured.MessageType, captured.MessageId, captured.CorrelationId, captured));

    private void Add(OutboxMessage row)
    {
        context.Add(row);
        signal.ExpectCommit(context);
    }

    private OutboxMessage Row(
        object message, Type type, Guid? messageId, Guid? correlationId, CapturedMessage? captured = null)
    {
        var now = time.GetUtcNow();
        return new OutboxMessage
        {
            MessageId = messageId ?? Guid.CreateVersion7(now),
            MessageType = contracts.NameOf(type),
            Body = JsonSerializer.Serialize(message, type, JsonSerializerOptions.Web),
            CorrelationId = correlationId,
            ConversationId = captured?.ConversationId,
            InitiatorId = captured?.InitiatorId,
            DestinationAddress = captured?.DestinationAddress?.ToString(),
            TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null,
            CreatedAt = now,
        };
    }
}
