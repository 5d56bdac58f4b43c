using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Stages;

/// <summary>
/// One stage for each mode, started when the first scenario asks for it: a start takes seconds. Its broker is its own,
/// and may be stopped by who starts it again.
/// </summary>
public sealed class SharedStages : IAsyncDisposable
{
    private readonly Dictionary<PlatformMode, Stage> _stages = [];

    /// <summary>The stage, with every process running, and the default script at its providers.</summary>
    public async Task<Stage> OfAsync(PlatformMode mode)
    {
        if (!_stages.TryGetValue(mode, out var stage))
            _stages[mode] = stage = await Stage.StartAsync(mode, PlatformServers.WithOwnBrokerAsync());
        stage.Provider.Script = new ProviderScript();
        stage.Backup.Script = new ProviderScript();
        await stage.Platform.EnsureRunningAsync(TestContext.Current.CancellationToken);
        return stage;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in _stages.Values)
            await stage.DisposeAsync();
    }
}
