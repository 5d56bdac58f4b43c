using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Publishing;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Router.Health;

/// <summary>
/// Keeps one probe running for every provider that has one. Its two methods are called by one loop and never at once.
/// </summary>
internal sealed partial class ProviderWatch(
    ProviderProbe probe,
    ProviderHealthBook book,
    PublishSignal signal,
    ProbingOptions options,
    TimeProvider clock,
    ILogger<ProviderWatch> logger) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.MaxParallel);
    private readonly Dictionary<ProbeTarget, (CancellationTokenSource Stop, Task Loop)> _running = [];
    private PlatformConfiguration? _followed;

    /// <summary>Probes what the configuration names: new providers from now on, removed ones no longer.</summary>
    public async Task FollowAsync(PlatformConfiguration configuration, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(configuration, _followed))
            return;

        var targets = ProbeTarget.Of(configuration);
        await StopAsync(_running.Keys.Where(running => !targets.Contains(running)).ToList());
        await book.KeepOnlyAsync([.. targets.Select(target => target.Provider)], cancellationToken);
        foreach (var target in targets.Where(target => !_running.ContainsKey(target)))
        {
            var stop = new CancellationTokenSource();
            _running.Add(target, (stop, RepeatAsync(target, stop.Token)));
        }

        _followed = configuration;
    }

    /// <summary>Stops every probe and waits until none is under way.</summary>
    public Task StopAsync()
    {
        _followed = null;
        return StopAsync(_running.Keys.ToList());
    }

    public void Dispose() => _turns.Dispose();

    private async Task StopAsync(IReadOnlyList<ProbeTarget> targets)
    {
        foreach (var target in targets)
            await _running[target].Stop.CancelAsync();
        foreach (var target in targets)
        {
            await _running[target].Loop;
            _running[target].Stop.Dispose();
            _running.Remove(target);
        }
    }

    private async Task RepeatAsync(ProbeTarget target, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(target.Health.Interval, clock);
        try
        {
            do
            {
                await ProbeAsync(target, stop);
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping is how this loop ends.
        }
    }

    private async Task ProbeAsync(ProbeTarget target, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        try
        {
            var result = await probe.AskAsync(target, stop);
            if (!await book.CountAsync(target, result, stop))
                return;
            if (result.Good)
                WentUp(target.Provider, result.Outcome);
            else
                WentDown(target.Provider, result.Outcome);
            signal.Raise();
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // The loop must live: a result that cannot be written down is one probe less, not the end of probing.
            NotCounted(target.Provider, fault.GetType().Name);
        }
        finally
        {
            _turns.Release();
        }
    }

    [LoggerMessage(LogLevel.Information, "Provider {Provider} is up ({Outcome})")]
    private partial void WentUp(string provider, string outcome);

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} is down ({Outcome}): it is tried last")]
    private partial void WentDown(string provider, string outcome);

    [LoggerMessage(LogLevel.Warning, "A probe of provider {Provider} could not be counted ({Fault})")]
    private partial void NotCounted(string provider, string fault);
}
