using MassTransit;

namespace LlmPlatform.Small;

internal sealed class NewsAnnouncedConsumer : IConsumer<NewsAnnounced>
{
    public Task Consume(ConsumeContext<NewsAnnounced> context) => Task.CompletedTask;
}
