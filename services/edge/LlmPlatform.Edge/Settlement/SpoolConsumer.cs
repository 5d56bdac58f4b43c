using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// A loop that takes records from the spool. It lives as long as the host, begins again at its cursor after a failure,
/// and when the host stops it takes what is left, within the time the host has.
/// </summary>
internal abstract partial class SpoolConsumer(TimeProvider clock, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan BeforeNextLife = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _draining = new();

    /// <summary>Cancelled when nothing more will be appended: finish, and do not wait for anyone who is away.</summary>
    protected CancellationToken Draining => _draining.Token;

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _draining.CancelAsync();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _draining.Dispose();
        base.Dispose();
    }

    /// <summary>Runs a loop until it returns; a failure begins it anew after a pause.</summary>
    protected async Task KeepRunningAsync(Func<CancellationToken, Task> loop, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await loop(cancellationToken);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (!Draining.IsCancellationRequested)
            {
                LogFailed(failure, GetType().Name);
            }

            await Task.Delay(BeforeNextLife, clock, Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Consumer} failed and begins again at its cursor.")]
    private partial void LogFailed(Exception failure, string consumer);
}
