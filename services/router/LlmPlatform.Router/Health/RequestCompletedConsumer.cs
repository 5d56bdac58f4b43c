using LlmPlatform.Contracts.Requests;
using MassTransit;

namespace LlmPlatform.Router.Health;

/// <summary>
/// Hears how every call went, on every replica. What is missed while nobody hears is lost: a window is soon full again.
/// </summary>
internal sealed class RequestCompletedConsumer(DeploymentPerformance performance, FallbackRates fallbacks)
    : IConsumer<RequestCompletedBatch>
{
    public Task Consume(ConsumeContext<RequestCompletedBatch> context)
    {
        performance.Count(context.Message);
        fallbacks.Count(context.Message);
        return Task.CompletedTask;
    }
}
