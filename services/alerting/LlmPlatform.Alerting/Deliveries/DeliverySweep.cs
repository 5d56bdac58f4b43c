using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Looks for what is due and sends it, each channel by itself, so that one that hangs keeps no other waiting. Safe on
/// several replicas at once: claims do not meet.
/// </summary>
internal sealed partial class DeliverySweep(
    DeliveryDesk desk,
    DeliverySignal signal,
    IPlatformConfigurationSource configuration,
    DeliveryOptions options,
    TimeProvider clock,
    ILogger<DeliverySweep> logger) : BackgroundService
{
    private readonly Dictionary<string, Task> _underway = new(StringComparer.Ordinal);
    private DateTimeOffset _takeUpDue;
    private bool _faulty;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = configuration.OnChange(async (_, cancellationToken) =>
        {
            await desk.TakeUpAsync(cancellationToken);
            signal.Raise();
        });
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken);
                await signal.WaitAsync(options.PollInterval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
        finally
        {
            await Task.WhenAll(_underway.Values);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            // The file may have changed while no replica ran, and a replica that knew the old one may have set
            // something aside since it changed.
            var now = clock.GetUtcNow();
            if (now >= _takeUpDue)
            {
                await desk.TakeUpAsync(stoppingToken);
                _takeUpDue = now + options.TakeUpInterval;
            }

            foreach (var ended in _underway.Where(channel => channel.Value.IsCompleted).ToList())
                _underway.Remove(ended.Key);
            foreach (var channel in await desk.DueChannelsAsync(stoppingToken))
            {
                if (_underway.Count < options.ChannelsAtOnce && !_underway.ContainsKey(channel))
                    _underway.Add(channel, SendAsync(channel, stoppingToken));
            }

            _faulty = false;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // The loop must live; said once an outage, not at every look.
            if (!_faulty)
                LogFailed(fault);
            _faulty = true;
        }
    }

    private async Task SendAsync(string channel, CancellationToken stoppingToken)
    {
        try
        {
            // What became due while the last claim found nothing is looked for at once.
            if (await desk.SendDueAsync(channel, stoppingToken) > 0)
                signal.Raise();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The claim was given back.
        }
        catch (Exception fault)
        {
            // The sweep must live; what was claimed is due again when its lease ends.
            LogChannelFailed(fault, channel);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is due cannot be looked for; it is tried again")]
    private partial void LogFailed(Exception fault);

    [LoggerMessage(LogLevel.Error, "Sending to channel {Channel} failed; it is tried again")]
    private partial void LogChannelFailed(Exception fault, string channel);
}
