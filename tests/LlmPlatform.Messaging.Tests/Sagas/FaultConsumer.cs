using MassTransit;

namespace LlmPlatform.Messaging.Tests;

public sealed class FaultConsumer(Faults faults) : IConsumer<Fault>
{
    public Task Consume(ConsumeContext<Fault> context)
    {
        faults.Add(context.Message.FaultedMessageId);
        return Task.CompletedTask;
    }
}
