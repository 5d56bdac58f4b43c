namespace LlmPlatform.Edge.Settlement;

/// <summary>Pauses that double, up to a limit, until something succeeds.</summary>
internal sealed class Pause(TimeSpan first, TimeSpan longest, TimeProvider clock)
{
    private TimeSpan _next = first;

    /// <summary>Pauses, longer than the last time.</summary>
    public Task NextAsync(CancellationToken cancellationToken)
    {
        var pause = _next;
        _next = _next * 2 < longest ? _next * 2 : longest;
        return Task.Delay(pause, clock, cancellationToken);
    }
}
