using LlmPlatform.Contracts.Operations;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace LlmPlatform.Hosting.Bus;

/// <summary>
/// Looks whether messages of this process's queues were put aside, in their <c>_error</c> queues or as parked, and says
/// so: when it begins, again while it lasts, and when the queue is empty again.
/// </summary>
internal sealed partial class ErrorQueueWatch(
    Uri broker,
    ReceiveQueues queues,
    IBus bus,
    IOptions<BusOptions> options,
    TimeProvider clock,
    ILogger<ErrorQueueWatch> logger) : BackgroundService
{
    private const int RepeatsMissable = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>One look at every queue.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker,
            ClientProvidedName = "are messages put aside",
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = Patience,
        };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        foreach (var name in queues.Names.Select(queue => queue + "_error").Append(PlatformBus.Parked))
            await SayAsync(name, await DepthAsync(connection, name, cancellationToken), cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ErrorQueueInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryLookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
    }

    private async Task TryLookAsync(CancellationToken stoppingToken)
    {
        try
        {
            // While the broker is away, neither can be looked nor anything be said.
            await LookAsync(stoppingToken).WaitAsync(options.Value.ErrorQueueInterval + Patience, clock, stoppingToken);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // The loop must live: the next look sees what this one has not.
            LogNotLooked(fault.GetType().Name);
        }
    }

    private async Task SayAsync(string queue, uint depth, CancellationToken cancellationToken)
    {
        if (depth == 0 && !_said.Contains(queue))
            return;
        await bus.Publish(
            new ConditionObserved
            {
                Condition = "queue.error",
                Subject = queue,
                Holds = depth > 0,
                Value = depth,
                ObservedAt = clock.GetUtcNow(),
                GoodFor = RepeatsMissable * options.Value.ErrorQueueInterval,
            },
            cancellationToken);
        if (depth > 0)
            _said.Add(queue);
        else
            _said.Remove(queue);
    }

    private static async Task<uint> DepthAsync(
        IConnection connection, string queue, CancellationToken cancellationToken)
    {
        // A queue that does not exist closes the channel, hence one for each.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException refusal) when (refusal.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }

    [LoggerMessage(LogLevel.Debug, "It could not be looked whether messages were put aside ({Fault})")]
    private partial void LogNotLooked(string fault);
}
