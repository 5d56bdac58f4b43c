namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class AvailabilityTests : IDisposable
{
    private const string Text =
        """
        providers:
          - { name: openai, kind: openai, api_key: "${OPENAI_API_KEY}", base_url: "${OPENAI_BASE}" }
          - { name: ollama, kind: openai_compatible, base_url: "${OLLAMA_HOST}/v1", requires: [OLLAMA_HOST] }
          - { name: simulated, kind: simulated }
        models:
          - name: both
            price: { input: 1, output: 1 }
            deployments: [ { provider: openai, model: a }, { provider: simulated, model: b } ]
            fallbacks: [remote, local]
          - { name: remote, price: { input: 1, output: 1 }, deployments: [ { provider: openai, model: a } ] }
          - { name: local, price: { input: 0, output: 0 }, deployments: [ { provider: ollama, model: a } ] }
        """;

    private readonly ConfigurationFolder _folder = new ConfigurationFolder().Write(Text);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_provider_without_its_credential_is_off_and_says_why()
    {
        var result = _folder.Load();

        Assert.True(result.IsValid);
        var openai = result.Configuration.Providers[0];
        Assert.False(openai.Enabled);
        Assert.Equal("the environment variable OPENAI_API_KEY is not set", openai.DisabledReason);
        Assert.Null(openai.ApiKey);
        var notice = Assert.Single(result.Notices, notice => notice.Path == "providers[0]");
        Assert.Equal(2, notice.Line);
        Assert.Contains("OPENAI_API_KEY", notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_is_off_misses_nothing_else_of_the_environment()
    {
        Assert.Null(_folder.LoadGood().Providers[0].BaseUrl);

        _folder.Environment["OPENAI_API_KEY"] = "credential";
        var fault = Assert.Single(_folder.Load().Faults);
        Assert.Equal("providers[0].base_url", fault.Path);
        Assert.Contains("OPENAI_BASE is not set", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_variable_switches_a_provider_without_credential()
    {
        Assert.False(_folder.LoadGood().Providers[1].Enabled);

        _folder.Environment["OLLAMA_HOST"] = "127.0.0.1:11434";
        var ollama = _folder.LoadGood().Providers[1];
        Assert.True(ollama.Enabled);
        Assert.Equal(new Uri("http://127.0.0.1:11434/v1"), ollama.BaseUrl);
    }

    [Theory]
    [InlineData("access_key_id", "secret_access_key", "session_token")]
    [InlineData("secret_access_key", "session_token", "access_key_id")]
    [InlineData("session_token", "access_key_id", "secret_access_key")]
    public void An_AWS_key_without_one_of_its_parts_switches_its_provider_off(string unset, string one, string other)
    {
        _folder.Write(
            $$"""
            providers:
              - { name: b, kind: bedrock, location: us-east-1, {{one}}: a, {{other}}: b, {{unset}}: "${NOT_SET}" }
            """);

        var bedrock = Assert.Single(_folder.LoadGood().Providers);

        Assert.False(bedrock.Enabled);
        Assert.Equal("the environment variable NOT_SET is not set", bedrock.DisabledReason);
    }

    [Fact]
    public void Models_lose_the_deployments_of_providers_that_are_off()
    {
        var result = _folder.Load();

        Assert.True(result.IsValid);
        var models = result.Configuration.Models;
        Assert.True(models[0].Enabled);
        Assert.Equal(["simulated"], models[0].Deployments.Select(deployment => deployment.Provider));
        Assert.Empty(models[0].Fallbacks);
        Assert.False(models[1].Enabled);
        Assert.Empty(models[1].Deployments);
        Assert.Contains("openai", models[1].DisabledReason, StringComparison.Ordinal);
        Assert.Contains(result.Notices, notice => notice.Path == "models[1]" && notice.Line == 10);
    }

    [Fact]
    public void Fallbacks_that_can_serve_stay_in_order()
    {
        _folder.Environment["OPENAI_API_KEY"] = "credential";
        _folder.Environment["OPENAI_BASE"] = "https://openai.example.com/v1";
        _folder.Environment["OLLAMA_HOST"] = "http://ollama:11434";

        var result = _folder.Load();

        Assert.True(result.IsValid);
        Assert.Empty(result.Notices);
        Assert.Equal(["remote", "local"], result.Configuration.Models[0].Fallbacks);
        Assert.Equal(2, result.Configuration.Models[0].Deployments.Count);
    }

    [Fact]
    public void What_is_probably_a_slip_is_a_notice()
    {
        _folder.Write(
            """
            providers: [ { name: sim, kind: simulated } ]
            models: [ { name: m, deployments: [ { provider: sim, model: m } ] } ]
            tenants: [ { name: acme } ]
            keys: [ { name: k, tenant: acme, secret: 0123456789abcdef, models: [m, "gpt-*", "sim:*"] } ]
            limits: [ { scope: "tier:basic", max_parallel: 1 } ]
            """);

        var result = _folder.Load();

        Assert.True(result.IsValid);
        Assert.Equal(["models[0]", "keys[0].models", "limits[0].scope"], result.Notices.Select(notice => notice.Path));
    }
}
