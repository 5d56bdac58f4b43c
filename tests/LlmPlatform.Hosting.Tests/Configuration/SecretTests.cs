using System.Text.Json;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class SecretTests
{
    private static readonly string[] Hidden =
    [
        "openai-credential", "sk-acme-0123456789", "sk-0123456789abcdef", "slack-token", "mail-password",
        "hook-signing-secret", "azure-credential", "relay-credential", "vertex-private-key", "AKIAHOUSE0EXAMPLE",
        "aws-secret-key", "aws-session-token",
    ];

    [Fact]
    public void A_secret_shows_only_where_it_is_asked_for()
    {
        var secret = new Secret("text");

        Assert.Equal("***", secret.ToString());
        Assert.Equal("***", $"{secret}");
        Assert.Equal("\"***\"", JsonSerializer.Serialize(secret));
        Assert.Equal("text", secret.Reveal());
        Assert.Equal(string.Empty, default(Secret).Reveal());
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Secret>("\"text\""));
    }

    [Fact]
    public void Secrets_are_alike_when_their_texts_are()
    {
        Assert.Equal(new Secret("a"), new Secret("a"));
        Assert.True(new Secret("a") != new Secret("b"));
        Assert.Equal(new Secret("a").GetHashCode(), new Secret("a").GetHashCode());
    }

    [Fact]
    public void A_whole_configuration_as_JSON_or_text_shows_no_secret()
    {
        using var folder = GoldenConfiguration.Write();
        var configuration = folder.LoadGood();

        var shown = JsonSerializer.Serialize(configuration) + configuration
            + string.Concat(configuration.Providers.Select(provider => provider.ToString()))
            + string.Concat(configuration.Keys.Select(key => key.ToString()))
            + string.Concat(configuration.Channels.Select(channel => channel.ToString()));

        Assert.Contains("acme-ci", shown, StringComparison.Ordinal);
        Assert.All(Hidden, secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_and_notices_show_no_secret_wherever_it_was_written()
    {
        const string Text =
            """
            providers: [ { name: p, kind: openai_compatible, base_url: x, api_key: "sk literal secret" } ]
            tenants: [ { name: acme } ]
            keys:
              - { name: k, tenant: acme, secret: "sk literal secret" }
              - { name: l, tenant: acme, secret: "sk literal secret" }
              - { name: n, tenant: acme, secret: "sk literal secret${" }
            channels:
              - { name: s, kind: slack, url: "sk literal secret" }
              - { name: w, kind: webhook, url: "https://x.example", secret: [sk literal secret] }
              - { name: e, kind: email, secret: "sk literal secret", to: [a@b.example] }
            """;

        var faults = ConfigurationFolder.FaultsOf(Text);

        Assert.True(faults.Count > 6);
        Assert.DoesNotContain(faults, fault => fault.ToString().Contains("literal", StringComparison.Ordinal));
    }
}
