using MassTransit;

namespace LlmPlatform.Hosting.Tests.Bus;

public sealed class FailingConsumer(Heard heard) : IConsumer<Happened>
{
    public Task Consume(ConsumeContext<Happened> context)
    {
        heard.Attempts.Enqueue(context.Message.Number);
        return context.Message.Number < 0
            ? throw new InvalidOperationException("The message can never succeed.")
            : Task.CompletedTask;
    }
}
