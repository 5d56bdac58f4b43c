using LlmPlatform.Contracts.Operations;
using LlmPlatform.Contracts.Usage;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Says again and again how far this edge has counted, and when it stops that it retires, so that whoever closes a
/// month knows whether all has come. It stops after the shipper: what it says last is the last there is. Where usage
/// waits too long for the broker, and when it no longer does, it says that too.
/// </summary>
internal sealed partial class WatermarkAnnouncer(
    UsageSpool spool, IBus bus, WatermarkOptions options, TimeProvider clock, ILogger<WatermarkAnnouncer> logger)
    : BackgroundService
{
    private const int RepeatsMissable = 8;

    private readonly SpoolAge _age = new();
    private Task _saying = Task.CompletedTask;
    private bool _isLateSaid;

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var last = Current();
        var isDone = spool.PendingEvents == 0 && last.OpenSince is null;
        try
        {
            await bus.Publish(last with { IsRetired = isDone }, cancellationToken)
                .WaitAsync(options.LastWordTimeout, clock, cancellationToken);
        }
        catch (Exception fault) when (fault is TimeoutException or MassTransitException or OperationCanceledException)
        {
            LogUnsaid();
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // While the broker is away a publish may hang: one at a time.
            if (_saying.IsCompleted)
            {
                _saying = SayAsync(Current(), stoppingToken);
            }

            await Task.Delay(options.Interval, clock, stoppingToken).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private EdgeWatermark Current()
    {
        var now = clock.GetUtcNow();
        var lane = spool.Money;
        lock (lane.Gate)
        {
            var oldest = lane.Calls.Oldest;
            return new EdgeWatermark
            {
                EdgeId = lane.Identity.EdgeId,
                Epoch = lane.Identity.Epoch,
                LastSequence = lane.NextUsageSequence - 1,
                OpenSince = oldest is null ? null : BeganAt(oldest.RequestId),
                SaidAt = now,
            };
        }
    }

    private async Task SayAsync(EdgeWatermark watermark, CancellationToken cancellationToken)
    {
        try
        {
            await bus.Publish(watermark, cancellationToken);
            await SayAgeAsync(watermark.EdgeId, cancellationToken);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The next one says more.
            LogUnsaid();
        }
    }

    private async Task SayAgeAsync(Guid edgeId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (numbered, pending) = spool.MoneyProgress;
        var age = _age.Of(numbered, pending, now);
        var isLate = age >= options.SpoolAgeMax;
        if (!isLate && !_isLateSaid)
            return;
        await bus.Publish(
            new ConditionObserved
            {
                Condition = "spool.age",
                Subject = edgeId.ToString(),
                Holds = isLate,
                Value = (long)age.TotalSeconds,
                Limit = (long)options.SpoolAgeMax.TotalSeconds,
                Detail = isLate ? FormattableString.Invariant($"{pending} records wait") : null,
                ObservedAt = now,
                GoodFor = RepeatsMissable * options.Interval,
            },
            cancellationToken);
        _isLateSaid = isLate;
    }

    // A request's id is of version 7: its first 48 bits are milliseconds.
    private static DateTimeOffset BeganAt(Guid requestId)
    {
        Span<byte> bytes = stackalloc byte[16];
        requestId.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = 0L;
        foreach (var next in bytes[..6])
        {
            milliseconds = (milliseconds << 8) | next;
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    [LoggerMessage(LogLevel.Debug, "The broker did not take how far this edge has counted")]
    private partial void LogUnsaid();
}
