using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Messaging;

/// <summary>Forgets handled messages that are older than the retention. Safe in several replicas at once.</summary>
internal sealed partial class InboxRetentionSweep<TContext>(
    IServiceScopeFactory scopes,
    IOptionsMonitor<InboxOptions> namedOptions,
    TimeProvider time,
    ILogger<InboxRetentionSweep<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    private readonly InboxOptions _options = namedOptions.Get(typeof(TContext).FullName);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogSweepFailed(logger, exception, typeof(TContext).Name);
            }

            await Task.Delay(_options.SweepInterval, time, stoppingToken);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        var before = time.GetUtcNow() - _options.Retention;
        var table = MappedTable.NameOf<InboxMessage>(context);
        var delete =
            $$"""
            DELETE FROM {{table}} WHERE (message_id, consumer) IN (
                SELECT message_id, consumer FROM {{table}} WHERE handled_at < {0}
                LIMIT {1} FOR UPDATE SKIP LOCKED)
            """;

        // In batches, so that no one statement holds locks for long after an outage of days.
        int deleted;
        do
        {
            deleted = await context.Database.ExecuteSqlRawAsync(
                delete, [before, _options.SweepBatchSize], cancellationToken);
        }
        while (deleted == _options.SweepBatchSize);
    }

    [LoggerMessage(LogLevel.Error, "The inbox of {Context} could not be swept; it is tried again.")]
    private static partial void LogSweepFailed(ILogger logger, Exception exception, string context);
}
