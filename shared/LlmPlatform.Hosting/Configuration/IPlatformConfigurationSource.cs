namespace LlmPlatform.Hosting.Configuration;

/// <summary>Where a service finds the configuration that is in force, and hears of the next one.</summary>
public interface IPlatformConfigurationSource
{
    /// <summary>The configuration in force. Read it again for each piece of work; do not keep it.</summary>
    PlatformConfiguration Current { get; }

    /// <summary>
    /// Asks to be told of every later configuration; <see cref="Current"/> itself is for the caller to apply. Callbacks
    /// run one
    /// after another. One that throws is run again, with growing pauses, until it succeeds; it is then given the newest
    /// configuration, so it must apply the whole of it and be safe to repeat.
    /// </summary>
    /// <param name="apply">Applies a configuration.</param>
    /// <returns>Dispose it to hear no more.</returns>
    IDisposable OnChange(Func<PlatformConfiguration, CancellationToken, Task> apply);
}
