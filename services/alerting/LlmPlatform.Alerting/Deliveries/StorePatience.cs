using Microsoft.Extensions.Logging;
using Npgsql;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Waits while PostgreSQL does not answer, so that what arrived stays with the broker however long that lasts, rather
/// than being given up after a few attempts.
/// </summary>
internal sealed partial class StorePatience(
    DeliveryOptions options, TimeProvider clock, ILogger<StorePatience> logger)
{
    /// <summary>Does work again until the store has taken it.</summary>
    /// <param name="database">Forgets what a failed attempt has left in it.</param>
    /// <param name="work">Safe to do again.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task<T> DoAsync<T>(
        AlertingDbContext database, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (Exception fault) when (IsPassing(fault))
            {
                database.ChangeTracker.Clear();
                if (attempt == 1)
                    LogWaiting(fault);
                await Task.Delay(options.OutagePause, clock, cancellationToken);
            }
        }
    }

    private static bool IsPassing(Exception fault) =>
        fault is NpgsqlException { IsTransient: true } || fault.InnerException is NpgsqlException { IsTransient: true };

    [LoggerMessage(LogLevel.Warning, "The alerting database does not answer; what arrived waits until it does")]
    private partial void LogWaiting(Exception fault);
}
