using LlmPlatform.Contracts.Operations;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>
/// Ends what is no longer said, and notices by itself that the bus is away: nobody else could tell. Safe on several
/// replicas at once.
/// </summary>
internal sealed partial class IncidentSweep(
    IServiceScopeFactory scopes,
    IServiceProvider services,
    IncidentOptions options,
    TimeProvider clock,
    ILogger<IncidentSweep> logger) : BackgroundService
{
    private const string Broker = "rabbitmq";

    private DateTimeOffset? _awaySince;
    private bool _isSaid;
    private bool _faulty;

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var incidents = scope.ServiceProvider.GetRequiredService<IncidentBook>();
        await LookAtBusAsync(incidents, cancellationToken);
        await incidents.ExpireAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LookInterval, clock);
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
            await LookAsync(stoppingToken);
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

    private async Task LookAtBusAsync(IncidentBook incidents, CancellationToken cancellationToken)
    {
        // A process without a bus has none to miss.
        if (services.GetService<IBusControl>() is not { } bus)
            return;
        var now = clock.GetUtcNow();
        var isAway = bus.CheckHealth().Status != BusHealthStatus.Healthy;
        _awaySince = isAway ? _awaySince ?? now : null;
        var holds = _awaySince is { } since && now - since >= options.BusAwayAfter;
        if (!holds && !_isSaid)
            return;
        await incidents.HearAsync(
            new ConditionObserved
            {
                Condition = Conditions.BusAway,
                Subject = Broker,
                Holds = holds,
                ObservedAt = now,
                GoodFor = 6 * options.LookInterval,
            },
            named: null,
            cancellationToken);
        _isSaid = holds;
    }

    [LoggerMessage(LogLevel.Warning, "Incidents cannot be looked after; it is tried again")]
    private partial void LogFailed(Exception fault);
}
