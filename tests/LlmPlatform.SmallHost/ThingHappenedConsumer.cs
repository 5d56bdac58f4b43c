using MassTransit;

namespace LlmPlatform.Small;

internal sealed class ThingHappenedConsumer : IConsumer<ThingHappened>
{
    public Task Consume(ConsumeContext<ThingHappened> context) => Task.CompletedTask;
}
