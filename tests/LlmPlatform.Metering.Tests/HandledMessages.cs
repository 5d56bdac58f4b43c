using System.Collections.Concurrent;
using MassTransit;

namespace LlmPlatform.Metering.Tests;

/// <summary>Counts the messages of each type that were handled to their end, by any consumer or saga.</summary>
internal sealed class HandledMessages : IConsumeObserver
{
    private readonly ConcurrentDictionary<Type, int> _handled = [];
    private int _faults;

    public int Faults => Volatile.Read(ref _faults);

    public int Of(params Type[] types) => types.Sum(type => _handled.GetValueOrDefault(type));

    public Task PreConsume<T>(ConsumeContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context)
        where T : class
    {
        _handled.AddOrUpdate(typeof(T), 1, (_, count) => count + 1);
        return Task.CompletedTask;
    }

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception)
        where T : class
    {
        Interlocked.Increment(ref _faults);
        return Task.CompletedTask;
    }
}
