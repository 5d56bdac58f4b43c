using System.Collections.Concurrent;
using System.Globalization;
using MassTransit;

namespace LlmPlatform.Alerting.Tests.Deliveries;

/// <summary>Knows which of the messages that a test numbered have been consumed.</summary>
internal sealed class NumberedMessages : IConsumeObserver
{
    private const string Header = "number";

    private readonly ConcurrentDictionary<string, bool> _consumed = new();

    public int Consumed => _consumed.Count;

    public static void Number(SendContext sent, int number) =>
        sent.Headers.Set(Header, number.ToString(CultureInfo.InvariantCulture));

    public Task PreConsume<T>(ConsumeContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context)
        where T : class
    {
        if (context.Headers.Get<string>(Header) is { } number)
            _consumed[number] = true;
        return Task.CompletedTask;
    }

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;
}
