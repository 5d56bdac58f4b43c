using System.Diagnostics;
using MassTransit;

namespace LlmPlatform.Messaging.Tests;

public sealed class RecordingConsumer(Received received) : IConsumer<SomethingHappened>
{
    public Task Consume(ConsumeContext<SomethingHappened> context)
    {
        received.Add(new Received.Delivery(
            context.MessageId, context.CorrelationId, context.Message, Activity.Current?.TraceId.ToString()));
        return Task.CompletedTask;
    }
}
