using LlmPlatform.Contracts.Identity;
using MassTransit;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Every edge hears it, each on a queue of its own; a look at the version is all it costs, however often it comes.
/// </summary>
internal sealed class KeysChangedConsumer(KeyRingFeed keys) : IConsumer<KeysChanged>
{
    public Task Consume(ConsumeContext<KeysChanged> context)
    {
        keys.Announce();
        return Task.CompletedTask;
    }
}
