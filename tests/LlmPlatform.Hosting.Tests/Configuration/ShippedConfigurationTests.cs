using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class ShippedConfigurationTests
{
    private static readonly string[] ProviderVariables =
    [
        "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "DASHSCOPE_API_KEY", "DEEPSEEK_API_KEY", "OLLAMA_HOST",
        "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "VERTEX_PROJECT", "VERTEX_SERVICE_ACCOUNT",
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    ];

    [Fact]
    public void The_sample_needs_no_account_anywhere()
    {
        var result = PlatformConfigurationLoader.Load(ShippedFiles.Sample, Only("LLM_PLATFORM_DEMO_KEY"));

        Assert.Empty(result.Faults);
        Assert.True(result.IsValid);
        var serving = result.Configuration.Models.Where(model => model.Enabled).Select(model => model.Name);
        Assert.Equal(["sim-small", "sim-large", "sim-embedding"], serving);
        foreach (var provider in result.Configuration.Providers.Where(provider => provider.Name != "simulated"))
            Assert.Contains(ProviderVariables, variable => provider.DisabledReason!.Contains(variable));
    }

    [Fact]
    public void Every_provider_of_the_sample_is_switched_on_by_its_variable()
    {
        var result = PlatformConfigurationLoader.Load(
            ShippedFiles.Sample, Only([.. ProviderVariables, "LLM_PLATFORM_DEMO_KEY"]));

        Assert.Empty(result.Faults);
        Assert.Empty(result.Notices);
        Assert.True(result.IsValid);
        Assert.All(result.Configuration.Providers, provider => Assert.True(provider.Enabled));
        Assert.All(result.Configuration.Models, model => Assert.True(model.Enabled));
        var ollama = result.Configuration.Providers.Single(provider => provider.Name == "ollama");
        Assert.Equal(new Uri("http://127.0.0.1:11434/v1"), ollama.BaseUrl);
    }

    [Fact]
    public void Every_model_of_the_sample_has_a_price_in_force_today()
    {
        var result = PlatformConfigurationLoader.Load(
            ShippedFiles.Sample, Only([.. ProviderVariables, "LLM_PLATFORM_DEMO_KEY"]));

        Assert.True(result.IsValid);
        var now = TimeProvider.System.GetUtcNow();
        Assert.All(
            result.Configuration.Models.SelectMany(model => model.Deployments),
            deployment => Assert.NotNull(deployment.Price?.At(now)));
    }

    [Fact]
    public void Every_price_but_the_invented_names_its_source()
    {
        var result = PlatformConfigurationLoader.Load(ShippedFiles.Sample, Only("LLM_PLATFORM_DEMO_KEY"));

        Assert.True(result.IsValid);
        var bought = result.Configuration.Prices.Where(entry => entry.Provider != "simulated").ToList();
        Assert.NotEmpty(bought);
        Assert.All(bought, entry => Assert.Equal("https", entry.Price.Source?.Scheme));
    }

    private static Func<string, string?> Only(params string[] variables) => name => name switch
    {
        _ when !variables.Contains(name) => null,
        "OLLAMA_HOST" => "127.0.0.1:11434",
        "AZURE_OPENAI_ENDPOINT" => "https://house.openai.azure.com",
        "VERTEX_PROJECT" => "house-1",
        _ => $"sk-test-value-of-{name}",
    };
}
