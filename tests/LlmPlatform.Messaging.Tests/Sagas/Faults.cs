using System.Collections.Concurrent;

namespace LlmPlatform.Messaging.Tests;

/// <summary>The messages that no retry could save.</summary>
public sealed class Faults
{
    private readonly ConcurrentQueue<Guid?> _messageIds = new();

    public IReadOnlyList<Guid?> All => [.. _messageIds];

    public void Add(Guid? messageId) => _messageIds.Enqueue(messageId);
}
