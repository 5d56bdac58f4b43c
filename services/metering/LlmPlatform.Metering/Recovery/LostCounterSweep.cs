using LlmPlatform.Metering.Limits;
using LlmPlatform.Quota;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Metering.Recovery;

/// <summary>
/// Notices that Redis was emptied, and has its counters made anew. Until then no budget admits anything.
/// </summary>
internal sealed partial class LostCounterSweep(
    IServiceScopeFactory scopes,
    LimitsShelf shelf,
    RecoveryOptions options,
    TimeProvider clock,
    ILogger<LostCounterSweep> logger) : BackgroundService
{
    private bool _failing;

    /// <summary>Looks once.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<LostCounters>().RestoreAsync(cancellationToken))
            Restored();
        await shelf.RefreshAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SeedInterval, clock);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await TurnAsync(stoppingToken);
            _failing = false;
        }
        catch (QuotaUnavailableException)
        {
            // Redis is away, which others say; whether it was emptied is seen when it is back.
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // Said once an outage, not once a second.
            if (!_failing)
                Failed(fault);
            _failing = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Redis had been emptied: its counters were made anew from billing")]
    private partial void Restored();

    [LoggerMessage(LogLevel.Error, "It cannot be seen to that the counters in Redis are whole; trying again")]
    private partial void Failed(Exception fault);
}
