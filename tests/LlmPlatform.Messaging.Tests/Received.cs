using System.Collections.Concurrent;

namespace LlmPlatform.Messaging.Tests;

/// <summary>Every delivery of one process, repeats included.</summary>
public sealed class Received
{
    private readonly ConcurrentQueue<Delivery> _deliveries = new();

    public IReadOnlyList<Delivery> All => [.. _deliveries];

    public void Add(Delivery delivery) => _deliveries.Enqueue(delivery);

    public Task<IReadOnlyList<Delivery>> AtLeastAsync(int count) => AtLeastAsync(count, TimeSpan.FromSeconds(60));

    public async Task<IReadOnlyList<Delivery>> AtLeastAsync(int count, TimeSpan deadline) =>
        await TestKit.Eventually.UntilAsync(
            () => Task.FromResult(All),
            deliveries => deliveries.Count >= count,
            deadline,
            $"{count} deliveries",
            TestContext.Current.CancellationToken);

    public sealed record Delivery(Guid? MessageId, Guid? CorrelationId, SomethingHappened Message, string? TraceId);
}
