using LlmPlatform.Contracts.Routing;
using MassTransit;

namespace LlmPlatform.Alerting.Demotions;

/// <summary>
/// Tells who is on call that a deployment is tried last from now on. A repeat tells nobody again, nor does what comes
/// after the word that it was taken back.
/// </summary>
internal sealed class DeploymentDemotedConsumer(DemotionNotices notices) : IConsumer<DeploymentDemoted>
{
    public Task Consume(ConsumeContext<DeploymentDemoted> context) =>
        notices.PostAsync(context.Message, context.CancellationToken);
}
