using System.Collections.Concurrent;

namespace LlmPlatform.Hosting.Bus;

/// <summary>The lasting queues that this process receives from.</summary>
internal sealed class ReceiveQueues
{
    private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names => [.. _names.Keys.Order(StringComparer.Ordinal)];

    public void Add(string name) => _names[name] = true;
}
