using LlmPlatform.Edge.Admission;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// Writes a comment into streams whose provider has been silent for a while, so that nobody between caller and gateway
/// takes the connection for dead. One look at all streams, not a timer for each.
/// </summary>
internal sealed class KeepAlive(CallsUnderway calls, EdgeOptions options, TimeProvider clock) : BackgroundService
{
    private const int LooksPerInterval = 3;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var silence = (long)(options.KeepAliveAfter.TotalSeconds * clock.TimestampFrequency);
        using var timer = new PeriodicTimer(options.KeepAliveAfter / LooksPerInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = clock.GetTimestamp();
                foreach (var call in calls.All)
                {
                    // Not awaited: a caller that reads slowly must not hold up the others.
                    _ = call.Stream?.KeepAliveAsync(now, silence);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }
}
