using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Audit.Retention;

/// <summary>
/// Lets go what is older than the configuration file in force says. Safe in several replicas at once.
/// </summary>
internal sealed partial class RetentionSweep(
    IServiceScopeFactory scopes,
    IPlatformConfigurationSource configuration,
    RetentionOptions options,
    TimeProvider clock,
    ILogger<RetentionSweep> logger) : BackgroundService
{
    /// <summary>Drops everything that is too old now.</summary>
    /// <returns>How many records.</returns>
    public async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - configuration.Current.Audit.Retention;
        var all = 0L;
        int some;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            some = await scope.ServiceProvider.GetRequiredService<TrailRetention>()
                .DropAsync(before, cancellationToken);
            all += some;
        }
        while (some == options.BatchSize);
        return all;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, clock);
        do
        {
            try
            {
                if (await SweepAsync(stoppingToken) is > 0 and var dropped)
                    LogDropped(dropped, configuration.Current.Audit.Retention);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // The loop must live; what is old is dropped an interval later.
                LogFailed(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "{Dropped} records older than {Retention} have left the audit trail")]
    private partial void LogDropped(long dropped, TimeSpan retention);

    [LoggerMessage(LogLevel.Error, "Old records could not be dropped from the audit trail; it is tried again")]
    private partial void LogFailed(Exception fault);
}
