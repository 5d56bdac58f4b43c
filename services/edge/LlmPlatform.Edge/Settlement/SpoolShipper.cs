using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Hands what the spool holds to the bus, in three streams that cannot hold each other up: usage, the completions of
/// admitted calls, those of refused ones. While the broker is away the events wait on disk, and no request notices.
/// </summary>
internal sealed class SpoolShipper(
    UsageSpool spool,
    RequiredQueues queues,
    ShipperOptions options,
    TimeProvider clock,
    ILogger<SpoolShipper> logger) : SpoolConsumer(clock, logger)
{
    private readonly ShipperSetting _setting = new()
    {
        Queues = queues,
        Options = options,
        Clock = clock,
        Logger = logger,
    };

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var usageQueues = options.UsageQueues ?? ShipperOptions.DefaultUsageQueues;
        var completionQueues = options.CompletionQueues ?? ShipperOptions.DefaultCompletionQueues;
        const string Usage = UsageSpool.UsageShipperName;
        const string Completion = UsageSpool.CompletionShipperName;
        return Task.WhenAll(
            ShipAsync(EnvelopeKind.Usage, spool.Money, Usage, usageQueues, stoppingToken),
            ShipAsync(EnvelopeKind.Completion, spool.Money, Completion, completionQueues, stoppingToken),
            ShipAsync(EnvelopeKind.Completion, spool.Refusals, Completion, completionQueues, stoppingToken));
    }

    private Task ShipAsync(
        EnvelopeKind kind,
        SpoolLane lane,
        string cursorName,
        IReadOnlyList<string> required,
        CancellationToken cancellationToken) =>
        KeepRunningAsync(
            async stopping =>
            {
                await using var stream = new EnvelopeStream(kind, lane, cursorName, required, _setting);
                await stream.RunAsync(Draining, stopping);
            },
            cancellationToken);
}
