using LlmPlatform.Contracts.Routing;
using MassTransit;

namespace LlmPlatform.Alerting.Demotions;

/// <summary>
/// Tells who is on call that a deployment is taken back, and what of: it may be the first they hear of it. A repeat
/// tells nobody again.
/// </summary>
internal sealed class DeploymentRestoredConsumer(DemotionNotices notices) : IConsumer<DeploymentRestored>
{
    public Task Consume(ConsumeContext<DeploymentRestored> context) =>
        notices.PostAsync(context.Message, context.CancellationToken);
}
