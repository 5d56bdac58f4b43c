using System.Security.Cryptography;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Scenarios.Stages;

/// <summary>
/// A platform with everything around it that scenarios need: providers that keep a ledger, a chat room, a mailbox.
/// </summary>
public sealed class Stage : IAsyncDisposable
{
    private Stage(FakeProvider provider, FakeProvider backup, Upstreams upstreams, SlackSink slack, SmtpSink mail)
    {
        Provider = provider;
        Backup = backup;
        Upstreams = upstreams;
        Slack = slack;
        Mail = mail;
        Configuration = new StageConfiguration(provider, backup, upstreams, slack, mail, NewSecret);
    }

    /// <summary>Behind every model, and the first deployment of <see cref="StageConfiguration.Resilient"/>.</summary>
    public FakeProvider Provider { get; }

    /// <summary>The second deployment of <see cref="StageConfiguration.Resilient"/>.</summary>
    public FakeProvider Backup { get; }

    /// <summary>Providers that speak every protocol.</summary>
    public Upstreams Upstreams { get; }

    public SlackSink Slack { get; }

    public SmtpSink Mail { get; }

    public StageConfiguration Configuration { get; }

    public PlatformUnderTest Platform { get; private set; } = null!;

    public AdminApi Admin => new(Platform);

    /// <summary>The admin API as the bearer of a key sees it.</summary>
    public AdminApi AdminWith(string key) => new(Platform, key);

    /// <summary>A caller with a key that nothing limits.</summary>
    public ChatCaller Caller => new(Configuration.FreeKey);

    public static async Task<Stage> StartAsync(PlatformMode mode, Task<PlatformServers> servers)
    {
        var stage = new Stage(
            await FakeProvider.StartAsync(), await FakeProvider.StartAsync(), await Upstreams.StartAsync(),
            await SlackSink.StartAsync(), SmtpSink.Start());
        try
        {
            stage.Platform = await PlatformUnderTest.StartAsync(mode, await servers, stage.Configuration.Yaml);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>A text that nobody guesses.</summary>
    public static string NewSecret() => $"sk-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";

    public async ValueTask DisposeAsync()
    {
        if (Platform is not null)
            await Platform.DisposeAsync();
        await Provider.DisposeAsync();
        await Backup.DisposeAsync();
        await Upstreams.DisposeAsync();
        await Slack.DisposeAsync();
        await Mail.DisposeAsync();
    }
}
