using LlmPlatform.Billing.Bills;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// Compares every account's months again and again while providers may still restate them. What says nothing new is no
/// version, so it may run twice, and in several replicas at once.
/// </summary>
internal sealed partial class ReconciliationSweep(
    IServiceScopeFactory scopes,
    ReconciliationOptions options,
    TimeProvider clock,
    ILogger<ReconciliationSweep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.PullInterval > TimeSpan.Zero && options.Accounts.Count > 0)
        {
            var isDone = await PullAsync(stoppingToken);
            var pause = isDone || options.PullRetry > options.PullInterval ? options.PullInterval : options.PullRetry;
            await Task.Delay(pause, clock, stoppingToken);
        }
    }

    private async Task<bool> PullAsync(CancellationToken stoppingToken)
    {
        var now = clock.GetUtcNow();
        var isDone = true;
        foreach (var provider in options.Accounts.Select(account => account.Provider).Distinct())
        {
            for (var month = BillPeriod.At(now, "UTC"); month.EndsAt > now - options.PullBack;
                month = BillPeriod.Of(month.Before(1), "UTC"))
            {
                isDone &= await PullAsync(provider, month, stoppingToken);
            }
        }

        return isDone;
    }

    // One that fails keeps no other from being compared.
    private async Task<bool> PullAsync(string provider, BillPeriod month, CancellationToken stoppingToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var report = await scope.ServiceProvider.GetRequiredService<ProviderPulls>()
                .PullAsync(provider, month, stoppingToken);
            LogCompared(provider, month.Name, report!.Version, report.State);
            return true;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotCompared(provider, month.Name, fault.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Provider} is compared for {Period}: version {Version}, {State}")]
    private partial void LogCompared(string provider, string period, int version, string state);

    [LoggerMessage(LogLevel.Warning, "{Provider} cannot be compared for {Period} now ({Fault}); it is tried again")]
    private partial void LogNotCompared(string provider, string period, string fault);
}
