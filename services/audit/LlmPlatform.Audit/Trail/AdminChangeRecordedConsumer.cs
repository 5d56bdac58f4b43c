using LlmPlatform.Contracts.Auditing;
using MassTransit;

namespace LlmPlatform.Audit.Trail;

/// <summary>Records changes. One that arrives twice adds nothing: its id is unique in the trail.</summary>
internal sealed class AdminChangeRecordedConsumer(TrailWriter trail) : IConsumer<AdminChangeRecorded>
{
    public Task Consume(ConsumeContext<AdminChangeRecorded> context) =>
        trail.AppendAsync([TrailContent.Of(context.Message)], context.CancellationToken);
}
