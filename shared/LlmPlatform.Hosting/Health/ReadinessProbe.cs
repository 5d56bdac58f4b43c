using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Health;

/// <summary>Asks every dependency, in parallel and with a deadline; an answer is kept for a second.</summary>
internal sealed partial class ReadinessProbe(
    IReadOnlyList<IServiceModule> modules,
    IEnumerable<ModuleDependency> dependencies,
    TimeProvider clock,
    ILogger<ReadinessProbe> logger) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly bool _callersWait = modules.Any(module => module.ServesCallers);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ReadinessReport? _last;
    private long _askedAt;

    public async Task<ReadinessReport> ReportAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is null || clock.GetElapsedTime(_askedAt) > Freshness)
            {
                var report = await AskAsync(cancellationToken);
                LogChanges(_last, report);
                _last = report;
                _askedAt = clock.GetTimestamp();
            }

            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ReadinessReport> AskAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(dependencies.Select(async dependency =>
        {
            var required = dependency.Check.Required && (dependency.Module.ServesCallers || !_callersWait);
            var fault = await FaultOfAsync(dependency.Check, cancellationToken);
            return (dependency.Check.Name, State: new DependencyState(fault is null ? "up" : "down", required, fault));
        }));

        // Several modules may need one server: the process is as strict as the strictest of them.
        var byName = answers
            .GroupBy(answer => answer.Name, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => group
                    .Select(answer => answer.State)
                    .OrderByDescending(state => state.Status == "down")
                    .ThenByDescending(state => state.Required)
                    .First(),
                StringComparer.Ordinal);

        var down = answers.Where(answer => answer.State.Status == "down").ToList();
        var status = down.Exists(answer => answer.State.Required) ? "unready" : down.Count > 0 ? "degraded" : "ready";
        return new ReadinessReport(status, byName);
    }

    private void LogChanges(ReadinessReport? before, ReadinessReport now)
    {
        foreach (var (name, state) in now.Dependencies)
        {
            var was = before?.Dependencies.GetValueOrDefault(name)?.Status ?? "up";
            if (state.Status != was && state.Status == "down")
            {
                Down(name, state.Detail!);
            }
            else if (state.Status != was)
            {
                Back(name);
            }
        }
    }

    private static async Task<string?> FaultOfAsync(DependencyCheck check, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            return await check.CheckAsync(deadline.Token).AsTask().WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Deadline.TotalSeconds:0} s";
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // /readyz is open to anyone, and the text of a driver's exception may name a host or a user.
            return fault.GetType().Name;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Name} is down: {Detail}")]
    private partial void Down(string name, string detail);

    [LoggerMessage(LogLevel.Information, "{Name} is up again")]
    private partial void Back(string name);
}
