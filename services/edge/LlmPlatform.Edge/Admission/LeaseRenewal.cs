using LlmPlatform.Edge.Settlement;
using LlmPlatform.Quota;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Keeps what open calls hold from being freed under them, and notes in the spool how far their streams have come, so
/// that the estimate after a crash is close. One call to Redis for all of them. With the leases this edge's place among
/// the others is renewed.
/// </summary>
internal sealed partial class LeaseRenewal(
    CallsUnderway calls,
    HoldLedger ledger,
    EdgeRoster roster,
    UsageSpool spool,
    EdgeOptions options,
    TimeProvider clock,
    ILogger<LeaseRenewal> logger)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RenewAsync(stoppingToken), NoteProgressAsync(stoppingToken));

    private async Task RenewAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LeaseRenewal, clock);
        do
        {
            try
            {
                await roster.AnnounceAsync(stoppingToken);
                var open = calls.All.Select(call => call.RequestId).ToList();
                if (open.Count > 0)
                {
                    await ledger.RenewAsync(open, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The lease outlasts several renewals; one that fails is made up by the next.
                NotRenewed(fault.GetType().Name);
            }
        }
        while (await WaitAsync(timer, stoppingToken));
    }

    private async Task NoteProgressAsync(CancellationToken stoppingToken)
    {
        var noted = new Dictionary<Guid, long>();
        using var timer = new PeriodicTimer(options.ProgressInterval, clock);
        while (await WaitAsync(timer, stoppingToken))
        {
            var seen = new Dictionary<Guid, long>();
            foreach (var open in calls.All.Select(call => call.Open))
            {
                if (open is { OutputTokensSoFar: > 0 and var tokens })
                {
                    var id = open.EventId;
                    seen[id] = tokens;
                    if (noted.GetValueOrDefault(id) != tokens)
                    {
                        spool.RecordProgress(id, tokens);
                    }
                }
            }

            noted = seen;
        }
    }

    private static async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The leases of open calls could not be renewed ({Fault})")]
    private partial void NotRenewed(string fault);
}
