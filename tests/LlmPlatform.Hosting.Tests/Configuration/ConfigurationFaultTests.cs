namespace LlmPlatform.Hosting.Tests.Configuration;

/// <summary>Every rule of the file: what breaks it, where the fault points, and what it says.</summary>
public sealed class ConfigurationFaultTests
{
    private const string Simulated = "providers: [ { name: sim, kind: simulated } ]\n";
    private const string Model =
        "models: [ { name: m, price: { input: 1, output: 1 }, deployments: [ { provider: sim, model: m } ] } ]\n";
    private const string Key = "keys:\n- { name: k, tenant: acme, secret: 0123456789abcdef";
    private const string Tenant = "tenants: [ { name: acme, teams: [ { name: search } ] } ]\n";

    [Theory]
    [InlineData("server: { port: 70000 }", "server.port", 1, "out of range; it must lie between 1 and 65535")]
    [InlineData("server:\n  port: eighty", "server.port", 2, "\"eighty\" is no whole number")]
    [InlineData("server:\n  port:", "server.port", 2, "has no value")]
    [InlineData("server:\n  port: [1]", "server.port", 2, "must be a single value")]
    [InlineData("server:\n  cors_origins:\n  - https://a.example/", "server.cors_origins[0]", 3, "is no origin")]
    [InlineData("server:\n  cors_origins:\n  - \"*\"\n  - a.example", "server.cors_origins[1]", 4, "is no origin")]
    [InlineData("server: 5", "server", 1, "must be keys with values")]
    [InlineData("providers: { name: x }", "providers", 1, "must be a list")]
    [InlineData("server:\n  time_zone: Mars/Olympus", "server.time_zone", 2, "IANA name")]
    [InlineData("server:\n  tiem_zone: UTC", "server.tiem_zone", 2, "did you mean \"time_zone\"?")]
    [InlineData("server: {}\nproviderz: []", "providerz", 2, "did you mean \"providers\"?")]
    [InlineData("server: { port: 1, port: 2 }", "server.port", 1, "given twice, first on line 1")]
    [InlineData("audit: { capture_bodies: maybe }", "audit.capture_bodies", 1, "neither true nor false")]
    [InlineData("audit: { retention: 400 }", "audit.retention", 1, "write a number with its unit")]
    [InlineData("audit: { retention: 1s }", "audit.retention", 1, "between 1d and 3650d")]
    [InlineData("cache: { semantic: { threshold: 2, embedding_model: m } }\n" + Simulated + Model,
        "cache.semantic.threshold", 1, "between 0.0001 and 1")]
    [InlineData("cache: { semantic: { embedding_model: n } }\n" + Simulated + Model,
        "cache.semantic.embedding_model", 1, "model \"n\" is not declared; did you mean \"m\"?")]
    [InlineData("price_file: absent.yaml", "price_file", 1, "the price list does not exist")]
    public void General(string text, string path, int line, string message) => Check(text, path, line, message);

    [Theory]
    [InlineData("providers:\n- { name: a, kind: opanai }", "providers[0].kind", 2, "did you mean \"openai\"?")]
    [InlineData("providers:\n- { kind: simulated }", "providers[0].name", 2, "is missing; add \"name:\"")]
    [InlineData("providers:\n- { name: a }", "providers[0].kind", 2, "is missing")]
    [InlineData("providers:\n- { name: a/b, kind: simulated }", "providers[0].name", 2, "is no name")]
    [InlineData("providers:\n- { name: a, kind: simulated }\n- { name: a, kind: simulated }",
        "providers[1].name", 3, "is taken by the entry on line 2")]
    [InlineData("providers:\n- name: a\n  kind: openai_compatible",
        "providers[0].base_url", 2, "is missing; a provider of kind openai_compatible")]
    [InlineData("providers:\n- name: a\n  kind: openai",
        "providers[0].api_key", 2, "is missing; a provider of kind openai needs it")]
    [InlineData("providers:\n- { name: a, kind: openai_compatible, base_url: \"ftp://x\" }",
        "providers[0].base_url", 2, "is no address")]
    [InlineData("providers:\n- { name: a, kind: openai_compatible, base_url: api.example.com, api_key: k }",
        "providers[0].base_url", 2, "is no address")]
    [InlineData("providers:\n- { name: a, kind: openai_compatible, base_url: \"https://u:p@x\" }",
        "providers[0].base_url", 2, "credentials under a key of their own")]
    [InlineData("providers:\n- { name: a, kind: simulated, timeout: 5s, idle_timeout: 6s }",
        "providers[0].idle_timeout", 2, "between 10ms and 5s")]
    [InlineData("providers:\n- name: a\n  kind: simulated\n  health:\n    interval: 1s\n    timeout: 2s",
        "providers[0].health.timeout", 6, "longer than the interval")]
    [InlineData("providers:\n- { name: a, kind: simulated, health: { path: models } }",
        "providers[0].health.path", 2, "must begin with \"/\"")]
    public void Providers(string text, string path, int line, string message) => Check(text, path, line, message);

    [Theory]
    [InlineData("models:\n- { name: m }", "models[0].deployments", 2, "is missing")]
    [InlineData("models:\n- { name: m, deployments: [] }", "models[0].deployments", 2, "is empty")]
    [InlineData("models:\n- name: m\n  deployments:\n  - { provider: sin, model: m }\n" + Simulated,
        "models[0].deployments[0].provider", 4, "provider \"sin\" is not declared; did you mean \"sim\"?")]
    [InlineData("models:\n- name: m\n  deployments:\n  - { provider: sim, model: m }\n"
        + "  - { provider: sim, model: m }\n" + Simulated,
        "models[0].deployments[1]", 5, "repeats one above")]
    [InlineData(Simulated + "models:\n"
        + "- { name: m, context_window: 5, max_output_tokens: 6, deployments: [ { provider: sim, model: m } ] }",
        "models[0].max_output_tokens", 3, "is more than context_window")]
    [InlineData(Simulated + "models:\n"
        + "- { name: m, price: { input: -1, output: 1 }, deployments: [ { provider: sim, model: m } ] }",
        "models[0].price.input", 3, "between 0 and 1000000")]
    [InlineData(Simulated + "models:\n- { name: m, price: { input: 1 }, deployments: [ { provider: sim, model: m } ] }",
        "models[0].price.output", 3, "is missing")]
    [InlineData(Simulated + "models:\n"
        + "- { name: m, price: { input: 0.0000001, output: 1 }, deployments: [ { provider: sim, model: m } ] }",
        "models[0].price.input", 3, "more than 6 decimals")]
    [InlineData(Simulated + "models:\n- { name: m, price: m, deployments: [ { provider: sim, model: m } ] }",
        "models[0].price", 3, "the price list has no \"m\"")]
    [InlineData(Simulated + "models:\n- { name: m, strategy: fastest, deployments: [ { provider: sim, model: m } ] }",
        "models[0].strategy", 3, "weighted, lowest_latency")]
    [InlineData(Simulated + "models:\n- name: m\n  deployments: [ { provider: sim, model: m } ]\n  fallbacks:\n  - n",
        "models[0].fallbacks[0]", 6, "model \"n\" is not declared")]
    public void Models(string text, string path, int line, string message) => Check(text, path, line, message);

    [Theory]
    [InlineData("routes:\n- { use: { model: m } }\n" + Simulated + Model, "routes[0].when", 2, "is missing")]
    [InlineData("routes:\n- { when: {}, use: { model: m } }\n" + Simulated + Model,
        "routes[0].when", 2, "every call would match")]
    [InlineData("routes:\n- { when: { pii: true }, use: {} }", "routes[0].use", 2, "leads nowhere")]
    [InlineData("routes:\n- { when: { pii: true }, use: { local: true } }\n" + Simulated,
        "routes[0].use.local", 2, "no provider is marked local")]
    [InlineData("routes:\n- { when: { pii: true }, use: { model: \"sin:x\" } }\n" + Simulated,
        "routes[0].use.model", 2, "is not declared")]
    [InlineData("routes:\n- { when: { percent: 0 }, use: { model: m } }\n" + Simulated + Model,
        "routes[0].when.percent", 2, "between 1 and 100")]
    [InlineData("routes:\n- { when: { tenant: acne }, use: { model: m } }\n" + Simulated + Model + Tenant,
        "routes[0].when.tenant", 2, "did you mean \"acme\"?")]
    [InlineData("routes:\n- { when: { model: [] }, use: { model: m } }\n" + Simulated + Model,
        "routes[0].when.model", 2, "names nothing")]
    public void Routes(string text, string path, int line, string message) => Check(text, path, line, message);

    [Theory]
    [InlineData("tenants:\n- { name: a, teams: [ { name: t }, { name: t } ] }",
        "tenants[0].teams[1].name", 2, "is taken")]
    [InlineData("keys:\n- { name: k, tenant: acne, secret: 0123456789abcdef }\n" + Tenant,
        "keys[0].tenant", 2, "did you mean \"acme\"?")]
    [InlineData("keys:\n- { name: k, tenant: acme, team: seerch, secret: 0123456789abcdef }\n" + Tenant,
        "keys[0].team", 2, "did you mean \"search\"?")]
    [InlineData("keys:\n- { name: k, tenant: acme }\n" + Tenant, "keys[0].secret", 2, "is missing")]
    [InlineData("keys:\n- { name: k, tenant: acme, secret: short }\n" + Tenant,
        "keys[0].secret", 2, "16 to 512 characters")]
    [InlineData("keys:\n- { name: k, tenant: acme, secret: \"0123456789 abcdef\" }\n" + Tenant,
        "keys[0].secret", 2, "plain ASCII")]
    [InlineData(Key + " }\n- { name: l, tenant: acme, secret: 0123456789abcdef }\n" + Tenant,
        "keys[1].secret", 3, "also that of the key on line 2")]
    [InlineData(Key + ", expires: soon }\n" + Tenant, "keys[0].expires", 2, "is no length of time")]
    [InlineData(Key + ", role: root }\n" + Tenant, "keys[0].role", 2, "is not known here")]
    public void Tenants_and_keys(string text, string path, int line, string message) =>
        Check(text, path, line, message);

    [Theory]
    [InlineData("limits:\n- { scope: global }", "limits[0]", 2, "limits nothing")]
    [InlineData("limits:\n- { scope: galaxy, max_parallel: 1 }", "limits[0].scope", 2, "is no scope")]
    [InlineData("limits:\n- { max_parallel: 1 }", "limits[0].scope", 2, "is missing")]
    [InlineData("limits:\n- { scope: \"tenant:acne\", max_parallel: 1 }\n" + Tenant,
        "limits[0].scope", 2, "tenant \"acne\" is not declared")]
    [InlineData("limits:\n- { scope: global, burst: 1, max_parallel: 1 }",
        "limits[0].burst", 2, "add requests_per_minute")]
    [InlineData("limits:\n- { scope: global, max_parallel: 0 }", "limits[0].max_parallel", 2, "between 1 and")]
    [InlineData("limits:\n- { scope: global, max_parallel: 1 }\n- { scope: global, requests_per_day: 1 }",
        "limits[1].scope", 3, "is limited on line 2 already")]
    [InlineData("limits:\n- { scope: \"model:gpt\", max_parallel: 1 }",
        "limits[0].scope", 2, "model \"gpt\" is not declared")]
    [InlineData("limits:\n- { scope: \"key:ci\", max_parallel: 1 }",
        "limits[0].scope", 2, "key \"ci\" is not declared")]
    [InlineData("budgets:\n- { name: b, scope: global }", "budgets[0].limit_usd", 2, "is missing")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_usd: 1, limit_tokens: 1 }",
        "budgets[0].limit_tokens", 2, "stands beside limit_usd")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_tokens: 0 }",
        "budgets[0].limit_tokens", 2, "out of range")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_usd: 1, mode: track, enforcement: soft }",
        "budgets[0].enforcement", 2, "leave out one")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_usd: 0 }", "budgets[0].limit_usd", 2, "out of range")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_usd: 1, period: yearly }",
        "budgets[0].period", 2, "is no period")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_usd: 1, time_zone: Utopia }",
        "budgets[0].time_zone", 2, "is no time zone")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_usd: 1, alerts: [0.5, 11] }",
        "budgets[0].alerts[1]", 2, "between 0.0001 and 10")]
    [InlineData("budgets:\n- { name: b, scope: global, limit_usd: 1, alerts: [1, 1.0] }",
        "budgets[0].alerts", 2, "twice")]
    [InlineData("budgets:\n- { name: b, scope: \"team:acme/serch\", limit_usd: 1 }\n" + Tenant,
        "budgets[0].scope", 2, "did you mean \"search\"?")]
    [InlineData("budgets:\n- name: b\n  scope: global\n  limit_usd: 1\n  channels:\n  - ops",
        "budgets[0].channels[0]", 6, "channel \"ops\" is not declared")]
    public void Limits_and_budgets(string text, string path, int line, string message) =>
        Check(text, path, line, message);

    [Theory]
    [InlineData("channels:\n- { name: c, kind: slack }", "channels[0].url", 2, "a channel of kind slack needs it")]
    [InlineData("channels:\n- { name: c, kind: slack, url: nowhere }", "channels[0].url", 2, "is no address")]
    [InlineData("channels:\n- { name: c, kind: email, to: [a@b.example] }",
        "channels[0].smtp", 2, "a channel of kind email needs it")]
    [InlineData("channels:\n- { name: c, kind: email, to: [], smtp: { host: h, from: a@b.example } }",
        "channels[0].to", 2, "names nobody")]
    [InlineData("channels:\n- { name: c, kind: email, to: [ab], smtp: { host: h, from: a@b.example } }",
        "channels[0].to[0]", 2, "is no e-mail address")]
    [InlineData("channels:\n"
        + "- { name: c, kind: email, to: [a@b.example], smtp: { host: h, from: a@b.example, username: u } }",
        "channels[0].smtp", 2, "give both or neither")]
    [InlineData("channels:\n- { name: c, kind: slack, url: \"https://x.example\", to: [a@b.example] }",
        "channels[0].to", 2, "means nothing")]
    [InlineData("channels:\n- { name: c, kind: pager, url: \"https://x.example\" }",
        "channels[0].kind", 2, "is not known here")]
    [InlineData("channels:\n- { name: c, kind: pagerduty }", "channels[0].secret", 2, "a channel of kind pagerduty")]
    [InlineData("channels:\n- { name: c, kind: webhook, url: \"https://x.example\", min_severity: high }",
        "channels[0].min_severity", 2, "is not known here")]
    [InlineData("alerting:\n  routes:\n  - { when: { severity: critical }, channels: [ops] }",
        "alerting.routes[0].channels[0]", 3, "channel \"ops\" is not declared")]
    [InlineData("alerting:\n  maintenance:\n  - { from: 2026-11-22, until: tomorrow }",
        "alerting.maintenance[0].until", 3, "is no moment")]
    [InlineData("alerting:\n  maintenance:\n  - { from: 2026-11-22, until: 2026-11-22 }",
        "alerting.maintenance[0].until", 3, "is not after")]
    [InlineData("guardrails: { pii: { action: route_local } }",
        "guardrails.pii.action", 1, "no provider is marked local")]
    [InlineData("guardrails: { pii: { action: redact, kinds: [emial] } }",
        "guardrails.pii.kinds[0]", 1, "did you mean \"email\"?")]
    [InlineData("guardrails: { injection: { action: redact, patterns: [x] } }",
        "guardrails.injection.action", 1, "use off, flag, block")]
    [InlineData("guardrails: { injection: { action: block } }",
        "guardrails.injection.patterns", 1, "name phrases to look for")]
    [InlineData("guardrails: { forbidden_words: { action: block } }", "guardrails.forbidden_words", 1, "has no words")]
    [InlineData("guardrails: { forbidden_words: { action: block, words: [x], file: absent.txt } }",
        "guardrails.forbidden_words.file", 1, "the file does not exist")]
    [InlineData("guardrails: { content_safety: { timeout: 1s } }", "guardrails.content_safety.url", 1, "is missing")]
    [InlineData("auth:\n  jwt:\n  - { issuer: i, audience: a }", "auth.jwt[0].jwks_url", 3, "is missing")]
    [InlineData("auth:\n  jwt:\n  - { issuer: i, audience: a, jwks_url: \"https://x.example\" }\n"
        + "  - { issuer: i, audience: a, jwks_url: \"https://x.example\" }",
        "auth.jwt[1].issuer", 4, "is that of the entry on line 3")]
    public void Channels_guards_and_issuers(string text, string path, int line, string message) =>
        Check(text, path, line, message);

    [Fact]
    public void Fallbacks_that_lead_in_a_circle_are_a_fault_at_each_step()
    {
        const string Text =
            """
            providers: [ { name: sim, kind: simulated } ]
            models:
              - { name: a, deployments: [ { provider: sim, model: m } ], fallbacks: [b] }
              - { name: b, deployments: [ { provider: sim, model: m } ], fallbacks: [c] }
              - { name: c, deployments: [ { provider: sim, model: m } ], fallbacks: [a] }
              - { name: d, deployments: [ { provider: sim, model: m } ], fallbacks: [a] }
            """;

        var faults = ConfigurationFolder.FaultsOf(Text);

        Assert.Equal([3, 4, 5], faults.Select(fault => fault.Line));
        Assert.All(faults, fault => Assert.Contains("break the circle", fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_versions_of_a_price_from_the_same_date_are_a_fault_of_the_price_list()
    {
        using var folder = new ConfigurationFolder().Write("server: {}").Write(
            """
            - { sku: a, provider: p, model: m, input: 1, output: 1, effective_from: 2026-01-01 }
            - { sku: a, provider: p, model: m, input: 2, output: 1, effective_from: 2026-01-01 }
            - { sku: b, provider: p, model: m, input: 2, output: 1, effective_from: yesterday }
            """,
            "prices.yaml");

        var faults = folder.Load().Faults;

        Assert.All(faults, fault => Assert.Equal(folder.PathOf("prices.yaml"), fault.File));
        Assert.Equal([("[1].sku", 2), ("[2].effective_from", 3)], faults.Select(fault => (fault.Path, fault.Line)));
    }

    [Fact]
    public void Every_fault_is_told_at_once_from_top_to_bottom()
    {
        const string Text =
            """
            server: { port: 0, colour: red }
            providers:
              - { name: sim, kind: simulate }
            models:
              - { name: m, deployments: [ { provider: sym, model: m } ], fallbacks: [n] }
            limits:
              - { scope: "tenant:acme" }
            budgets:
              - { name: b, scope: global, limit_usd: free, channels: [ops], time_zone: Nowhere }
            channels:
              - { name: mail, kind: email, to: [x@y.example] }
            """;

        var faults = ConfigurationFolder.FaultsOf(Text);

        string[] expected =
        [
            "server.port", "server.colour", "providers[0].kind", "models[0].deployments[0].provider",
            "models[0].fallbacks[0]", "limits[0]", "limits[0].scope", "budgets[0].limit_usd", "budgets[0].time_zone",
            "budgets[0].channels[0]", "channels[0].smtp",
        ];
        Assert.Equal(expected.Order(), faults.Select(fault => fault.Path).Order());
        Assert.Equal(faults.Select(fault => fault.Line).Order(), faults.Select(fault => fault.Line));
        Assert.All(faults, fault => Assert.True(fault.Line > 0));
    }

    private static void Check(string text, string path, int line, string message)
    {
        var fault = ConfigurationFolder.OnlyFaultOf(text);

        Assert.Equal((path, line), (fault.Path, fault.Line));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }
}
