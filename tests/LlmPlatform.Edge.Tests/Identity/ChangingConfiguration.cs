using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>A configuration that a test replaces, as the watcher does when the file has changed.</summary>
internal sealed class ChangingConfiguration(PlatformConfiguration first) : IPlatformConfigurationSource
{
    private Func<PlatformConfiguration, CancellationToken, Task>? _handle;

    public PlatformConfiguration Current { get; private set; } = first;

    public IDisposable OnChange(Func<PlatformConfiguration, CancellationToken, Task> handle)
    {
        _handle += handle;
        return new Unsubscribing(this, handle);
    }

    public async Task ReplaceAsync(PlatformConfiguration next)
    {
        Current = next;
        foreach (var handle in _handle?.GetInvocationList() ?? [])
        {
            await ((Func<PlatformConfiguration, CancellationToken, Task>)handle)(
                next, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Unsubscribing(
        ChangingConfiguration source, Func<PlatformConfiguration, CancellationToken, Task> handle) : IDisposable
    {
        public void Dispose() => source._handle -= handle;
    }
}
