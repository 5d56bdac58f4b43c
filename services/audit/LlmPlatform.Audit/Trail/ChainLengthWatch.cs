using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Audit.Trail;

/// <summary>Keeps the gauge right on a replica that has appended nothing itself.</summary>
internal sealed partial class ChainLengthWatch(
    IServiceScopeFactory scopes,
    ChainLength length,
    TrailOptions options,
    TimeProvider clock,
    ILogger<ChainLengthWatch> logger) : BackgroundService
{
    private bool _faulty;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LengthInterval, clock);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<AuditDbContext>();
            length.Reached(await database.Heads.Select(head => head.Sequence).SingleAsync(stoppingToken));
            _faulty = false;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // The loop must live; said once an outage, not at every look.
            if (!_faulty)
                LogUnread(fault);
            _faulty = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The length of the audit trail cannot be read")]
    private partial void LogUnread(Exception fault);
}
