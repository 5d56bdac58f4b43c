using LlmPlatform.Scenarios.Platform;

namespace LlmPlatform.Chaos.Grounds;

/// <summary>
/// One ground for each mode, started when the first test asks for it, and kept: the figures add up over all that is
/// done to it, so that a fault of one test which shows only later is still found.
/// </summary>
public sealed class ProvingGrounds : IAsyncDisposable
{
    private readonly Dictionary<PlatformMode, ProvingGround> _grounds = [];

    /// <summary>The ground, with every server and process running.</summary>
    public async Task<ProvingGround> OfAsync(PlatformMode mode)
    {
        if (!_grounds.TryGetValue(mode, out var ground))
            _grounds[mode] = ground = await ProvingGround.StartAsync(mode);
        await ground.Platform.EnsureRunningAsync(TestContext.Current.CancellationToken);
        return ground;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ground in _grounds.Values)
            await ground.DisposeAsync();
    }
}
