using System.Collections.Concurrent;
using LlmPlatform.Contracts.Budgets;
using MassTransit;

namespace LlmPlatform.Metering.Tests;

/// <summary>What alerting would hear.</summary>
internal sealed class Crossings
{
    private readonly ConcurrentQueue<(Guid? MessageId, BudgetThresholdCrossed Crossing)> _heard = [];

    public IReadOnlyList<BudgetThresholdCrossed> All => [.. _heard.Select(heard => heard.Crossing)];

    public IReadOnlyList<Guid?> MessageIds => [.. _heard.Select(heard => heard.MessageId)];

    /// <summary>The thresholds of one budget, in ascending order, as often as they were heard.</summary>
    public IReadOnlyList<int> Of(string budgetId) =>
    [
        .. All.Where(crossing => crossing.BudgetId == budgetId)
            .Select(crossing => crossing.ThresholdBasisPoints).Order(),
    ];

    internal sealed class CrossingConsumer(Crossings crossings) : IConsumer<BudgetThresholdCrossed>
    {
        public Task Consume(ConsumeContext<BudgetThresholdCrossed> context)
        {
            crossings._heard.Enqueue((context.MessageId, context.Message));
            return Task.CompletedTask;
        }
    }
}
