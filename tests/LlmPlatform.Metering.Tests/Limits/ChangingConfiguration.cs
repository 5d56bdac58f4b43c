using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Metering.Tests.Limits;

/// <summary>A file that a test edits.</summary>
internal sealed class ChangingConfiguration : IPlatformConfigurationSource
{
    private readonly List<Func<PlatformConfiguration, CancellationToken, Task>> _followers = [];

    public required PlatformConfiguration Current { get; set; }

    public IDisposable OnChange(Func<PlatformConfiguration, CancellationToken, Task> apply)
    {
        _followers.Add(apply);
        return new Leaving(() => _followers.Remove(apply));
    }

    public async Task ChangeAsync(PlatformConfiguration file, CancellationToken cancellationToken)
    {
        Current = file;
        foreach (var apply in _followers.ToArray())
            await apply(file, cancellationToken);
    }

    private sealed class Leaving(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
