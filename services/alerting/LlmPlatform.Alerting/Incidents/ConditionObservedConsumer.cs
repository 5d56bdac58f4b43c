using LlmPlatform.Contracts.Operations;
using MassTransit;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>Hears how the parts of the platform are.</summary>
internal sealed class ConditionObservedConsumer(IncidentBook incidents) : IConsumer<ConditionObserved>
{
    public Task Consume(ConsumeContext<ConditionObserved> context) =>
        incidents.HearAsync(context.Message, named: null, context.CancellationToken);
}
