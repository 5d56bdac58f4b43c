using LlmPlatform.Hosting.Redis;
using LlmPlatform.Quota;
using MassTransit;

namespace LlmPlatform.Metering.Counters;

/// <summary>
/// How consumers that need Redis meet its absence: the message waits, unacknowledged, instead of using up the attempts
/// after which it would be put aside.
/// </summary>
/// <typeparam name="TConsumer">The consumer.</typeparam>
internal sealed class CounterConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer>
    where TConsumer : class, IConsumer
{
    private readonly CounterOptions _options;

    public CounterConsumerDefinition(CounterOptions options)
    {
        _options = options;
        ConcurrentMessageLimit = options.ConcurrentMessages;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        consumerConfigurator.UseMessageRetry(retry =>
        {
            retry.Handle<QuotaUnavailableException>();
            retry.Handle<RedisUnavailableException>();
            retry.Handle<RedisServerException>();
            retry.Interval(_options.RedisRetryLimit, _options.RedisRetryInterval);
        });
}
