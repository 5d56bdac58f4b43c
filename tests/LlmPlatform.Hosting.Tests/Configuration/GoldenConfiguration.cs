namespace LlmPlatform.Hosting.Tests.Configuration;

/// <summary>A file that uses every key there is, close to the example of the public contract.</summary>
internal static class GoldenConfiguration
{
    public const string Prices =
        """
        - sku: qwen
          provider: dashscope
          model: qwen-max
          input: 1.60
          output: 6.40
          effective_from: 2025-01-25
          source: https://example.com/prices
        - sku: qwen
          provider: dashscope
          model: qwen-max
          input: 1.20
          output: 6.00
          effective_from: "2026-02-01T08:00:00+08:00"
          source: https://example.com/prices
          variants:
            - { service_tier: batch, input: 0.60, output: 3.00 }
            - { input_over: 200000, input: 2.40, output: 9.00, cached_input: 0.24 }
            - { region: eu, input_from: 128000, input: 2.64, output: 9.90 }
        """;

    public const string Text =
        """
        server: { port: 9090, time_zone: Europe/Paris, cors_origins: ["https://chat.example.com"] }
        price_file: prices.yaml
        providers:
          - name: openai
            kind: openai
            base_url: https://api.openai.com/v1/
            api_key: ${OPENAI_API_KEY}
            timeout: 60s
            first_byte_timeout: 20s
            idle_timeout: 500ms
            health: { enabled: true, path: /models, interval: 15s, timeout: 4s, healthy_after: 1, unhealthy_after: 7 }
            circuit: { failures: 9, recovery: 90s }
            region: eu
          - { name: house, kind: openai_compatible, base_url: "${HOUSE_HOST}/v1", local: true, requires: [HOUSE_HOST] }
          - { name: dashscope, kind: openai_compatible, base_url: "https://dashscope.example.com/v1" }
          - { name: simulated, kind: simulated }
          - name: azure
            kind: azure_openai
            base_url: https://house.openai.azure.com
            api_key: azure-credential
            api_version: 2024-10-21
            headers: { X-Team: "search", X-Relay-Key: "${RELAY_KEY}" }
          - { name: vertex, kind: vertex, project: "house-1", location: europe-west4, api_key: "${VERTEX_KEY}" }
          - name: bedrock
            kind: bedrock
            location: eu-central-1
            access_key_id: ${AWS_ID}
            secret_access_key: ${AWS_SECRET}
            session_token: ${AWS_SESSION}
          - { name: routed, kind: openai_compatible, base_url: "https://relay.example.com/v1", vendor: openrouter }
        models:
          - name: gpt-4o
            deployments:
              - { provider: openai, model: gpt-4o, priority: 1, weight: 10 }
              - { provider: house, model: gpt-4o, priority: 2, price: { input: 0, output: 0 } }
            fallbacks: [qwen-max]
            context_window: 128000
            max_output_tokens: 16384
            price:
              input: 2.50
              cached_input: 1.25
              cache_write_5m: 3.125
              cache_write_1h: 5
              output: 10.00
              reasoning: 11
              audio_input: 40
              audio_output: 80
              image_input: 12
              image_output: 90
              web_search: 10
              web_fetch: 0.5
              request: 0.001
            strategy: lowest_latency
            on_disconnect: abort
          - { name: qwen-max, price: qwen, deployments: [ { provider: dashscope, model: qwen-max } ] }
          - { name: embed, price: { input: 0.02, output: 0 }, deployments: [ { provider: simulated, model: embed } ] }
        routes:
          - { when: { tenant_tier: premium, tenant: acme, model: gpt-4 }, use: { model: gpt-4o } }
          - { when: { pii: true }, use: { local: true } }
          - { when: { latency_class: fast }, use: { model: "openai:gpt-4o-mini" } }
          - { when: { queue_depth_over: 100, percent: 30, model: ["gpt-*", qwen-max] }, use: { model: qwen-max } }
        tenants:
          - { name: acme, tier: premium, teams: [ { name: search, cost_center: "4711" } ] }
        keys:
          - name: acme-ci
            tenant: acme
            team: search
            user: ann@example.com
            secret: ${ACME_KEY}
            models: ["gpt-4o*"]
            expires: 30d
            role: tenant_admin
            metadata: { project: x }
          - { name: until, tenant: acme, secret: sk-0123456789abcdef, expires: 2027-01-31 }
        limits:
          - { scope: global, requests_per_minute: 1000, requests_per_hour: 20000, requests_per_second: 90 }
          - { scope: "tenant:acme", tokens_per_minute: 200000, tokens_per_hour: 500000, tokens_per_day: 1000000 }
          - { scope: "team:acme/search", requests_per_day: 2000 }
          - { scope: "key:acme-ci", requests_per_minute: 60, max_parallel: 20, burst: 20 }
          - { scope: "tier:premium", each: user, tokens_per_day: 100000 }
          - { scope: "route:/v1/embeddings", each: ip, requests_per_minute: 5 }
        budgets:
          - name: acme-month
            scope: "tenant:acme"
            limit_usd: 500.5
            period: monthly
            time_zone: Asia/Taipei
            mode: track
            alerts: [1.0, 0.8, 0.9]
            channels: [finance-mail, ops-slack]
            shared_users: [ann, bo]
          - { name: short, scope: global, limit_usd: 1, period: 2s }
          - { name: fiscal, scope: global, limit_usd: 1, period: quarterly from april }
          - { name: tokens, scope: "tenant:acme", limit_tokens: 1000000, period: daily, enforcement: soft }
        channels:
          - { name: ops-slack, kind: slack, url: "${SLACK_WEBHOOK_URL}" }
          - name: finance-mail
            kind: email
            to: [finance@example.com]
            smtp:
              host: 127.0.0.1
              port: 2525
              from: platform@example.com
              tls: none
              username: mail
              password: ${MAIL}
          - { name: hook, kind: webhook, url: "https://example.com/hook", secret: "${HOOK_SECRET}" }
        guardrails:
          max_prompt_chars: 1000
          pii: { action: route_local, kinds: [email, credit_card] }
          injection: { action: block, patterns: ["ignore previous instructions", "忽略之前的指令"] }
          forbidden_words: { action: redact, words: [alpha], file: words.txt }
          content_safety: { url: "https://example.com/judge", timeout: 400ms, on_error: block }
          system_prompt_append: "Be kind: always."
        cache: { exact: { ttl: 2h }, semantic: { threshold: 0.9, ttl: 30m, embedding_model: embed } }
        audit: { capture_bodies: true, retention: 30d }
        auth:
          jwt:
            - issuer: https://id.example.com
              audience: llm
              jwks_url: https://id.example.com/keys
              tenant_claim: org
              team_claim: team
              user_claim: email
              tier_claim: plan
              models: ["gpt-4o*"]
              scope: llm.call
        """;

    public static ConfigurationFolder Write()
    {
        var folder = new ConfigurationFolder()
            .Write(Text)
            .Write(Prices, "prices.yaml")
            .Write("# secret projects\n\nbeta\n gamma \n", "words.txt");
        folder.Environment["OPENAI_API_KEY"] = "openai-credential";
        folder.Environment["HOUSE_HOST"] = "10.0.0.7:8000";
        folder.Environment["RELAY_KEY"] = "relay-credential";
        folder.Environment["VERTEX_KEY"] = """{"type":"service_account","private_key":"vertex-private-key"}""";
        folder.Environment["AWS_ID"] = "AKIAHOUSE0EXAMPLE";
        folder.Environment["AWS_SECRET"] = "aws-secret-key";
        folder.Environment["AWS_SESSION"] = "aws-session-token";
        folder.Environment["ACME_KEY"] = "sk-acme-0123456789";
        folder.Environment["SLACK_WEBHOOK_URL"] = "https://hooks.example.com/T0/B0/slack-token";
        folder.Environment["MAIL"] = "mail-password";
        folder.Environment["HOOK_SECRET"] = "hook-signing-secret";
        return folder;
    }
}
