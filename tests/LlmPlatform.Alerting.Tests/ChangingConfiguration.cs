using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Tests;

/// <summary>A configuration file that a test rewrites.</summary>
internal sealed class ChangingConfiguration(params ChannelConfiguration[] channels) : IPlatformConfigurationSource
{
    private readonly List<Func<PlatformConfiguration, CancellationToken, Task>> _followers = [];

    public PlatformConfiguration Current { get; private set; } = new() { Channels = channels };

    /// <summary>The section <c>alerting</c>, for whoever asks from now on.</summary>
    public AlertingConfiguration Alerting
    {
        set => Current = Current with { Alerting = value };
    }

    public IDisposable OnChange(Func<PlatformConfiguration, CancellationToken, Task> apply)
    {
        lock (_followers)
            _followers.Add(apply);
        return new Following(() =>
        {
            lock (_followers)
                _followers.Remove(apply);
        });
    }

    public async Task ChangeAsync(params ChannelConfiguration[] channels)
    {
        Current = new PlatformConfiguration { Channels = channels };
        List<Func<PlatformConfiguration, CancellationToken, Task>> followers;
        lock (_followers)
            followers = [.. _followers];
        foreach (var follower in followers)
            await follower(Current, TestContext.Current.CancellationToken);
    }

    private sealed class Following(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
