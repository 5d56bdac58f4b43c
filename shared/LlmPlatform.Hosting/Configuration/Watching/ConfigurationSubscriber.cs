namespace LlmPlatform.Hosting.Configuration.Watching;

/// <summary>One who asked to hear of changes: what they have heard, and when they may be asked again.</summary>
internal sealed class ConfigurationSubscriber(
    Func<PlatformConfiguration, CancellationToken, Task> apply,
    PlatformConfiguration known,
    Action<ConfigurationSubscriber> leave) : IDisposable
{
    /// <summary>Doubling stops here; a thousand million pauses is past any maximum.</summary>
    private const int MaxDoublings = 30;

    private PlatformConfiguration _known = known;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>Who is called, for the log.</summary>
    public string Name => apply.Method.DeclaringType?.FullName ?? apply.Method.Name;

    public bool IsDue(PlatformConfiguration current, DateTimeOffset now) =>
        !ReferenceEquals(_known, current) && now >= _notBefore;

    public async Task ApplyAsync(PlatformConfiguration current, CancellationToken cancellationToken)
    {
        await apply(current, cancellationToken);
        _known = current;
        _failures = 0;
        _notBefore = DateTimeOffset.MinValue;
    }

    /// <summary>Puts off the next attempt, and says by how long.</summary>
    public TimeSpan PutOff(DateTimeOffset now, ConfigurationWatchOptions options)
    {
        var doubled = options.RetryPause * Math.Pow(2, Math.Min(_failures++, MaxDoublings));
        var pause = doubled < options.MaxRetryPause ? doubled : options.MaxRetryPause;
        _notBefore = now + pause;
        return pause;
    }

    public void Dispose() => leave(this);
}
