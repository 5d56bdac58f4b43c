using LlmPlatform.Metering.Limits;
using LlmPlatform.Quota;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// The clock of budget periods: every turn it opens those that have begun, ends those that are over, and finds
/// crossings that no message told of. One replica at a time; safe to run twice.
/// </summary>
internal sealed partial class BudgetPeriodSweep(
    IServiceScopeFactory scopes,
    LimitsShelf shelf,
    BudgetGauges gauges,
    BudgetOptions options,
    TimeProvider clock,
    ILogger<BudgetPeriodSweep> logger) : BackgroundService
{
    private DateTimeOffset _lateDue;
    private bool _storeAway;
    private bool _countersAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, clock);
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
            _storeAway = false;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // The loop must live: the next turn finds whatever this one left. Said once an outage, not once a second.
            if (!_storeAway)
                Failed(fault);
            _storeAway = true;
        }
    }

    /// <summary>One turn.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await shelf.RefreshAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var isLateDue = now >= _lateDue;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<PeriodTurn>().RunAsync(now, isLateDue, cancellationToken);
            _countersAway = false;
        }
        catch (QuotaUnavailableException)
        {
            // Periods were opened and ended all the same; only their levels could not be read.
            if (!_countersAway)
                CountersAway();
            _countersAway = true;
        }

        if (isLateDue)
            _lateDue = now + options.LateSweepInterval;
        await gauges.RefreshAsync(now, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Budget periods cannot be followed; trying again")]
    private partial void Failed(Exception fault);

    [LoggerMessage(LogLevel.Warning, "Redis does not answer: periods open and end, their levels are not looked at")]
    private partial void CountersAway();
}
