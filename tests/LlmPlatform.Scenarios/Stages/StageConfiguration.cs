using System.Globalization;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Scenarios.Stages;

/// <summary>
/// The configuration file of a <see cref="Stage"/>: tenants and models that do not get in each other's way.
/// </summary>
public sealed class StageConfiguration
{
    /// <summary>A model that answers as the provider's script says.</summary>
    public const string Chat = "chat";

    /// <summary>Streams that are over in a moment.</summary>
    public const string Quick = "quick";

    /// <summary>Streams that are open for seconds.</summary>
    public const string Slow = "slow";

    /// <summary>What is called while the broker is away, and by nobody else.</summary>
    public const string Outage = "outage";

    /// <summary>A model of which 1,000 output tokens cost 5 cents, and nothing else costs anything.</summary>
    public const string Nickel = "nickel";

    /// <summary>The same for <see cref="Budgets.SoftBudgetTests"/> alone: the edge learns to count from it.</summary>
    public const string Counted = "counted";

    /// <summary>A model with a second deployment at another provider.</summary>
    public const string Resilient = "resilient";

    /// <summary>The budget of 1 USD.</summary>
    public const string Dollar = "dollar";

    /// <summary>A budget of a month that no test uses up.</summary>
    public const string Plenty = "plenty";

    /// <summary>The same tenant's, of tokens.</summary>
    public const string PlentyTokens = "plenty-tokens";

    /// <summary>A budget of <see cref="Allowance"/> tokens a month.</summary>
    public const string Tokens = "tokens";

    /// <summary>What <see cref="Tokens"/> may consume.</summary>
    public const int Allowance = 1_000;

    private readonly string _text;
    private readonly List<string> _models = [];

    internal StageConfiguration(
        FakeProvider provider,
        FakeProvider backup,
        Upstreams upstreams,
        SlackSink slack,
        SmtpSink mail,
        Func<string> newSecret)
    {
        FreeKey = newSecret();
        DollarKey = newSecret();
        BrokeKey = newSecret();
        RichKey = newSecret();
        LimitedKey = newSecret();
        TokensKey = newSecret();
        _text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            server: { time_zone: UTC }
            providers:
              - name: main
                kind: openai_compatible
                base_url: "{{provider.BaseUrl}}"
                health: { enabled: false }
              - { name: backup, kind: openai_compatible, base_url: "{{backup.BaseUrl}}", health: { enabled: false } }
            {{upstreams.Providers}}
            tenants:
              - { name: acme }
              - { name: dollar }
              - { name: broke }
              - { name: rich }
              - { name: tokens }
            keys:
              - { name: free, tenant: acme, secret: {{FreeKey}} }
              - { name: limited, tenant: acme, secret: {{LimitedKey}} }
              - { name: dollar, tenant: dollar, secret: {{DollarKey}} }
              - { name: broke, tenant: broke, secret: {{BrokeKey}} }
              - { name: rich, tenant: rich, secret: {{RichKey}} }
              - { name: tokens, tenant: tokens, secret: {{TokensKey}} }
            limits:
              - { scope: "key:limited", requests_per_minute: 1 }
            budgets:
              - name: {{Dollar}}
                scope: "tenant:dollar"
                limit_usd: 1
                period: {{DollarPeriod.TotalSeconds}}s
                alerts: [0.8, 0.9, 1.0]
                channels: [room, mailbox]
              - { name: nothing, scope: "tenant:broke", limit_usd: 0.000001, period: monthly }
              - { name: {{Plenty}}, scope: "tenant:rich", limit_usd: 1000, period: monthly }
              - { name: {{PlentyTokens}}, scope: "tenant:rich", limit_tokens: 1000000000, period: monthly }
              - { name: {{Tokens}}, scope: "tenant:tokens", limit_tokens: {{Allowance}}, channels: [room] }
            channels:
              - { name: room, kind: slack, url: "{{slack.Url}}" }
              - name: mailbox
                kind: email
                to: [finance@example.com]
                smtp: { host: {{SmtpSink.Host}}, port: {{mail.Port}}, from: platform@example.com, tls: none }
            models:
              - name: {{Resilient}}
                deployments:
                  - { provider: main, model: {{Resilient}}, priority: 1 }
                  - { provider: backup, model: {{Resilient}}, priority: 2 }
                price: { input: 1, output: 2 }
              - name: {{Nickel}}
                deployments: [ { provider: main, model: {{Nickel}} } ]
                price: { input: 0, output: 50 }
              - name: {{Counted}}
                deployments: [ { provider: main, model: {{Counted}} } ]
                price: { input: 0, output: 50 }

            """);
        _models.Add(upstreams.Models);
        foreach (var model in new[] { Chat, Quick, Slow, Outage })
            Add(model);
    }

    /// <summary>
    /// How long a period of <see cref="Dollar"/> lasts: 200 calls must fit, and somebody waits for its end.
    /// </summary>
    public static TimeSpan DollarPeriod => TimeSpan.FromSeconds(15);

    /// <summary>Opens everything, and nothing limits it.</summary>
    public string FreeKey { get; }

    /// <summary>Of the tenant whose budget is 1 USD.</summary>
    public string DollarKey { get; }

    /// <summary>Of a tenant whose budget pays for no call.</summary>
    public string BrokeKey { get; }

    /// <summary>Of the tenant whose budget is <see cref="Plenty"/>.</summary>
    public string RichKey { get; }

    /// <summary>Of the tenant whose budget is <see cref="Tokens"/>.</summary>
    public string TokensKey { get; }

    /// <summary>May ask once a minute.</summary>
    public string LimitedKey { get; }

    /// <summary>The file's text.</summary>
    public string Yaml => _text + string.Concat(_models);

    /// <summary>Adds a model of the main provider; write the file again for it to take effect.</summary>
    public void Add(string model) => _models.Add(
        $$"""
          - { name: {{model}}, deployments: [ { provider: main, model: {{model}} } ], price: { input: 1, output: 2 } }

        """);
}
