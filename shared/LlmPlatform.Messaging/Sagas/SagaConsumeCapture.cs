using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;

namespace LlmPlatform.Messaging;

/// <summary>
/// The message as the saga sees it, with its ways out replaced: what is published, sent or answered goes through the
/// bus's own pipes, which give it ids, and ends in <see cref="SagaOutgoingMessages"/> instead of the broker.
/// </summary>
internal sealed class SagaConsumeCapture<TMessage> : ConsumeContextProxy<TMessage>
    where TMessage : class
{
    public SagaConsumeCapture(
        ConsumeContext<TMessage> message, SagaOutgoingMessages outgoing, IServiceProvider services)
        : base(message)
    {
        // Contexts derived from this one take their endpoints from its receive context.
        ReceiveContext = new CapturingReceiveContext(message.ReceiveContext, outgoing, services);
        PublishEndpointProvider = ReceiveContext.PublishEndpointProvider;
    }

    private sealed class CapturingReceiveContext(
        ReceiveContext receive, SagaOutgoingMessages outgoing, IServiceProvider services) : ReceiveContextProxy(receive)
    {
        public override IPublishEndpointProvider PublishEndpointProvider { get; } = new OutboxPublishEndpointProvider(
            new Capture(outgoing, services, sends: false), receive.PublishEndpointProvider);

        public override ISendEndpointProvider SendEndpointProvider { get; } = new OutboxSendEndpointProvider(
            new Capture(outgoing, services, sends: true), receive.SendEndpointProvider);
    }

    private sealed class Capture(SagaOutgoingMessages outgoing, IServiceProvider services, bool sends)
        : OutboxSendContext
    {
        public object? GetService(Type serviceType) => services.GetService(serviceType);

        public Task AddSend<T>(SendContext<T> context)
            where T : class
        {
            if (context.Delay is not null || context.TimeToLive is not null)
                throw new NotSupportedException(
                    $"{typeof(T).Name} has a delay or a time to live. The outbox keeps neither: sweep over rows.");

            outgoing.Add(new CapturedMessage(context.Message, typeof(T))
            {
                MessageId = context.MessageId,
                CorrelationId = context.CorrelationId,
                ConversationId = context.ConversationId,
                InitiatorId = context.InitiatorId,
                DestinationAddress = sends ? context.DestinationAddress : null,
            });
            return Task.CompletedTask;
        }
    }
}
