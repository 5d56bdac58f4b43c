using MassTransit;

namespace LlmPlatform.Hosting.Tests.Bus;

public sealed class HearingConsumer(Heard heard) : IConsumer<Happened>
{
    public Task Consume(ConsumeContext<Happened> context)
    {
        heard.AnnouncementQueue = context.ReceiveContext.InputAddress.Segments[^1];
        heard.Announced.Enqueue(context.Message.Number);
        return Task.CompletedTask;
    }
}
