namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// A configuration that never changes: for runs that end by themselves, such as migrations, and for tests.
/// </summary>
/// <param name="configuration">The configuration in force for good.</param>
public sealed class FixedConfigurationSource(PlatformConfiguration configuration) : IPlatformConfigurationSource
{
    /// <inheritdoc />
    public PlatformConfiguration Current => configuration;

    /// <inheritdoc />
    public IDisposable OnChange(Func<PlatformConfiguration, CancellationToken, Task> apply) => new Subscription();

    private sealed class Subscription : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
