using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Stages;

/// <summary>A provider of each protocol, each with the same models behind it.</summary>
public sealed class Upstreams : IAsyncDisposable
{
    public const string OpenAi = "openai";
    public const string Anthropic = "anthropic";
    public const string Gemini = "gemini";
    public const string Bedrock = "bedrock";

    private readonly IReadOnlyList<Upstream> _all;

    private Upstreams(IReadOnlyList<Upstream> all) => _all = all;

    public Upstream this[string name] => _all.Single(upstream => upstream.Name == name);

    /// <summary>The lines of the configuration that declare the providers.</summary>
    internal string Providers => string.Join("\n", _all.Select(upstream => upstream.ProviderYaml));

    /// <summary>The lines of the configuration that declare their models.</summary>
    internal string Models => string.Concat(_all.SelectMany(upstream => upstream.ModelYaml));

    public static async Task<Upstreams> StartAsync()
    {
        var all = new Upstreams(
        [
            await StartAsync(OpenAi, ProviderWire.OpenAi, "gpt-4o", "text-embedding-3-small"),
            await StartAsync(Anthropic, ProviderWire.Anthropic, "claude-sonnet-4-5", embeds: null),
            await StartAsync(Gemini, ProviderWire.Gemini, "gemini-2.5-flash", "gemini-embedding-001"),
            await StartAsync(
                Bedrock, ProviderWire.Bedrock, "anthropic.claude-sonnet-4-5", "amazon.titan-embed-text-v2:0"),
        ]);
        all.Reset();
        return all;
    }

    /// <summary>Sets the scripts of all models.</summary>
    public void Reset()
    {
        foreach (var upstream in _all)
            upstream.Reset();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var upstream in _all)
            await upstream.Provider.DisposeAsync();
    }

    private static async Task<Upstream> StartAsync(string name, ProviderWire wire, string generates, string? embeds)
    {
        var provider = await FakeProvider.StartAsync(wire: wire);
        provider.ApiKey = $"key-of-{name}-that-no-caller-has";
        return new Upstream(name, name, provider, generates, embeds);
    }
}
