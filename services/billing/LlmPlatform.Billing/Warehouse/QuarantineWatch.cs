using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Counts the quarantine for its gauge.</summary>
internal sealed partial class QuarantineWatch(
    UsageQuarantine quarantine,
    BillingMetrics metrics,
    IngestOptions options,
    TimeProvider clock,
    ILogger<QuarantineWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                metrics.CountedQuarantine(await quarantine.CountAsync(stoppingToken));
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                NotCounted(fault.GetType().Name);
            }

            await Task.Delay(options.QuarantineCountInterval, clock, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The quarantine cannot be counted now ({Fault})")]
    private partial void NotCounted(string fault);
}
