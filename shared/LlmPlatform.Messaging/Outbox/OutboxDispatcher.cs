using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Messaging;

/// <summary>
/// Empties the outbox of one context: claim, publish, await the broker's confirms, delete, commit, in one
/// transaction. A crash or an unknown outcome anywhere in between leaves the row, which goes again under its own id.
/// </summary>
internal sealed partial class OutboxDispatcher<TContext>(
    IServiceScopeFactory scopes,
    OutboxPublisher publisher,
    OutboxSignal<TContext> signal,
    OutboxTelemetry<TContext> telemetry,
    IOptionsMonitor<OutboxOptions> namedOptions,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<OutboxDispatcher<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    private readonly OutboxOptions _options = namedOptions.Get(typeof(TContext).FullName);
    private long _measuredAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ApplicationStartedAsync(stoppingToken);

        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            // A publish that timed out may still be queued inside the bus. While the broker is away one row is enough
            // to find out that it is back, and to keep the repeats few when it is.
            var limit = failures == 0 ? _options.BatchSize : 1;
            try
            {
                var round = await DispatchAsync(limit, stoppingToken);
                failures = round is { Sent: 0, Failed: > 0 } ? failures + 1 : 0;
                if (failures == 0 && round.Claimed == limit)
                    continue;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                failures++;
                LogRoundFailed(logger, exception, typeof(TContext).Name);
            }

            await PauseAsync(failures, stoppingToken);
        }
    }

    /// <summary>
    /// A host that waits for its bus has bound its queues when it has started. What is published before goes to
    /// exchanges that nobody listens to yet, and the broker confirms and drops it.
    /// </summary>
    private async Task ApplicationStartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private Task PauseAsync(int failures, CancellationToken stoppingToken) =>
        failures == 0
            ? signal.WaitAsync(_options.PollInterval, stoppingToken)
            : Task.Delay(_options.BackoffAfter(failures), time, stoppingToken);

    private async Task<Round> DispatchAsync(int limit, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        await MeasureAsync(context, stoppingToken);

        await using var transaction = await context.Database.BeginTransactionAsync(stoppingToken);
        var rows = await OutboxTable.ClaimAsync(context, limit, time.GetUtcNow(), stoppingToken);
        if (rows.Count == 0)
            return default;

        // From here on the round is not cut short by the host's stop: the publish timeout bounds it, and what was
        // confirmed but not deleted would all be sent again.
        var outcomes = await Task.WhenAll(rows.Select(row => publisher.SendAsync(row, _options)));
        var round = Settle(rows, outcomes, out var sent);
        await context.Set<OutboxMessage>().Where(row => sent.Contains(row.Id))
            .ExecuteDeleteAsync(CancellationToken.None);
        await context.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);

        var schema = SchemaOf(context);
        telemetry.Sent(schema, round.Sent);
        telemetry.Failed(schema, round.Failed);
        return round;
    }

    private Round Settle(List<OutboxMessage> rows, SendOutcome[] outcomes, out List<long> sent)
    {
        sent = [];
        var failed = 0;
        foreach (var (row, outcome) in rows.Zip(outcomes))
        {
            if (outcome.IsConfirmed)
            {
                sent.Add(row.Id);
            }
            else if (outcome.ParkedReason is { } reason)
            {
                row.ParkedReason = reason[..Math.Min(reason.Length, OutboxMessage.ReasonLengthMax)];
                LogParked(logger, row.MessageId, row.MessageType, reason);
            }
            else
            {
                failed++;
                row.Attempts++;
                row.NotBefore = time.GetUtcNow() + _options.BackoffAfter(row.Attempts);
                LogNotConfirmed(logger, outcome.Failure, row.MessageId, row.MessageType, row.Attempts);
            }
        }

        return new Round(rows.Count, sent.Count, failed);
    }

    private async Task MeasureAsync(TContext context, CancellationToken cancellationToken)
    {
        if (_measuredAt != 0 && time.GetElapsedTime(_measuredAt) < _options.MeasureInterval)
            return;

        _measuredAt = time.GetTimestamp();
        var (waiting, parked) = await OutboxTable.CountAsync(context, cancellationToken);
        telemetry.Counted(SchemaOf(context), waiting, parked);
    }

    private static string SchemaOf(TContext context) =>
        context.Model.FindEntityType(typeof(OutboxMessage))?.GetSchema() ?? "public";

    [LoggerMessage(LogLevel.Error, "The outbox of {Context} could not be read or settled; it is tried again.")]
    private static partial void LogRoundFailed(ILogger logger, Exception exception, string context);

    [LoggerMessage(LogLevel.Warning,
        "Message {MessageId} of type {MessageType} was not confirmed (attempt {Attempt}); it goes again.")]
    private static partial void LogNotConfirmed(
        ILogger logger, Exception? exception, Guid messageId, string messageType, int attempt);

    [LoggerMessage(LogLevel.Error, "Message {MessageId} of type {MessageType} is parked: {Reason}")]
    private static partial void LogParked(ILogger logger, Guid messageId, string messageType, string reason);

    private readonly record struct Round(int Claimed, int Sent, int Failed);
}
