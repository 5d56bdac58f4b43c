using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money.Periods;

namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class GoldenConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = GoldenConfiguration.Write();
    private readonly PlatformConfiguration _configuration;

    public GoldenConfigurationTests() => _configuration = _folder.LoadGood();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Providers_are_read_with_every_key()
    {
        Assert.Equal(9090, _configuration.Server.Port);
        Assert.Equal("Europe/Paris", _configuration.Server.TimeZone);
        Assert.Equal(["https://chat.example.com"], _configuration.Server.CorsOrigins);

        var openai = _configuration.Providers[0];
        Assert.Equal(ProviderKind.OpenAi, openai.Kind);
        Assert.Equal("https://api.openai.com/v1", openai.BaseUrl?.AbsoluteUri);
        Assert.Equal("openai-credential", openai.ApiKey?.Reveal());
        Assert.Equal(TimeSpan.FromSeconds(60), openai.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(20), openai.FirstByteTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), openai.IdleTimeout);
        var health = new ProviderHealthConfiguration
        {
            Interval = TimeSpan.FromSeconds(15),
            Timeout = TimeSpan.FromSeconds(4),
            HealthyAfter = 1,
            UnhealthyAfter = 7,
        };
        Assert.Equal(health, openai.Health);
        Assert.Equal((9, TimeSpan.FromSeconds(90)), (openai.Circuit.Failures, openai.Circuit.Recovery));
        Assert.Equal("eu", openai.Region);
        Assert.Equal((true, null, 4), (openai.Enabled, openai.DisabledReason, openai.Line));

        Assert.True(_configuration.Providers[1].Local);
        Assert.Equal(new Uri("http://10.0.0.7:8000/v1"), _configuration.Providers[1].BaseUrl);
        Assert.False(_configuration.Providers[3].Health.Enabled);
    }

    [Fact]
    public void Providers_of_each_cloud_are_read_with_what_their_kind_asks_for()
    {
        var azure = _configuration.Providers[4];
        Assert.Equal((ProviderKind.AzureOpenAi, "2024-10-21"), (azure.Kind, azure.ApiVersion));
        Assert.Equal(["X-Relay-Key", "X-Team"], azure.Headers.Keys.Order());
        Assert.Equal(new Secret("relay-credential"), azure.Headers["x-relay-key"]);

        var vertex = _configuration.Providers[5];
        Assert.Equal(("house-1", "europe-west4"), (vertex.Project, vertex.Location));
        Assert.Equal(new Uri("https://europe-west4-aiplatform.googleapis.com"), vertex.BaseUrl);
        Assert.Contains("vertex-private-key", vertex.ApiKey?.Reveal(), StringComparison.Ordinal);

        var bedrock = _configuration.Providers[6];
        Assert.Equal("eu-central-1", bedrock.Location);
        Assert.Equal(new Uri("https://bedrock-runtime.eu-central-1.amazonaws.com"), bedrock.BaseUrl);
        Assert.Equal(
            ("AKIAHOUSE0EXAMPLE", "aws-secret-key", "aws-session-token", null),
            (bedrock.AccessKeyId?.Reveal(), bedrock.SecretAccessKey?.Reveal(), bedrock.SessionToken?.Reveal(),
                bedrock.ApiKey?.Reveal()));
    }

    [Fact]
    public void A_vendor_is_what_the_file_says_or_the_address_tells()
    {
        var vendors = _configuration.Providers.Select(provider => provider.Vendor);

        Assert.Equal(
            [null, ProviderVendor.Generic, ProviderVendor.Generic, null, null, null, null, ProviderVendor.OpenRouter],
            vendors);
    }

    [Fact]
    public void Models_are_read_with_their_deployments_and_prices()
    {
        var model = _configuration.Models[0];
        Assert.Equal(RoutingStrategy.LowestLatency, model.Strategy);
        Assert.Equal((128_000, 16_384), (model.ContextWindow, model.MaxOutputTokens));
        Assert.Equal(["qwen-max"], model.Fallbacks);
        Assert.Equal(DisconnectPolicy.Abort, model.OnDisconnect);
        Assert.Equal(DisconnectPolicy.Drain, _configuration.Models[1].OnDisconnect);
        var first = model.Deployments[0];
        Assert.Equal(("openai", 1, 10), (first.Provider, first.Priority, first.Weight));
        var price = new PriceConfiguration
        {
            Input = 2.50m,
            Output = 10m,
            CachedInput = 1.25m,
            CacheWrite5m = 3.125m,
            CacheWrite1h = 5m,
            Reasoning = 11m,
            AudioInput = 40m,
            AudioOutput = 80m,
            ImageInput = 12m,
            ImageOutput = 90m,
            WebSearch = 10m,
            WebFetch = 0.5m,
            Request = 0.001m,
        };
        Assert.Equal(price, Assert.Single(model.Price!.Versions));
        Assert.Same(model.Price, first.Price);
        Assert.Equal(0m, Assert.Single(model.Deployments[1].Price!.Versions).Input);
    }

    [Fact]
    public void A_price_by_name_has_the_version_in_force_at_the_moment()
    {
        var schedule = _configuration.Models[1].Price;

        Assert.NotNull(schedule);
        Assert.Null(schedule.At(new DateTimeOffset(2025, 1, 24, 23, 59, 59, TimeSpan.Zero)));
        Assert.Equal(1.60m, schedule.At(new DateTimeOffset(2025, 1, 25, 0, 0, 0, TimeSpan.Zero))?.Input);
        Assert.Equal(1.60m, schedule.At(new DateTimeOffset(2026, 1, 31, 23, 59, 59, TimeSpan.Zero))?.Input);
        Assert.Equal(1.20m, schedule.At(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero))?.Input);
        Assert.Equal("qwen", schedule.Versions[0].Sku);
        Assert.Empty(schedule.Versions[0].Variants);
        var variants = schedule.Versions[1].Variants;
        Assert.Equal(["batch", null, null], variants.Select(variant => variant.ServiceTier));
        Assert.Equal([null, 200_000L, null], variants.Select(variant => variant.InputOver));
        Assert.Equal(("eu", 128_000L), (variants[2].Region, variants[2].InputFrom));
        Assert.Equal((2.40m, 0.24m), (variants[1].Amounts.Input, variants[1].Amounts.CachedInput));
    }

    [Fact]
    public void Routes_are_read_in_order()
    {
        var routes = _configuration.Routes;
        Assert.Equal(("premium", "acme"), (routes[0].When.TenantTier, routes[0].When.Tenant));
        Assert.True(routes[0].When.Model!.Matches("gpt-4"));
        Assert.False(routes[0].When.Model!.Matches("gpt-4o"));
        Assert.True(routes[1].When.Pii);
        Assert.True(routes[1].Use.Local);
        Assert.Equal(("fast", "openai:gpt-4o-mini"), (routes[2].When.LatencyClass, routes[2].Use.Model));
        Assert.Equal((100, 30), (routes[3].When.QueueDepthOver, routes[3].When.Percent));
        Assert.True(routes[3].When.Model!.Matches("gpt-anything"));
    }

    [Fact]
    public void Tenants_and_keys_are_read()
    {
        var tenant = _configuration.Tenants[0];
        Assert.Equal(("acme", "premium"), (tenant.Name, tenant.Tier));
        Assert.Equal(("search", "4711"), (tenant.Teams[0].Name, tenant.Teams[0].CostCenter));

        var key = _configuration.Keys[0];
        Assert.Equal(("acme", "search", "ann@example.com"), (key.Tenant, key.Team, key.User));
        Assert.Equal("sk-acme-0123456789", key.Secret.Reveal());
        Assert.Equal((TimeSpan.FromDays(30), null), (key.ExpiresAfter, key.ExpiresAt));
        Assert.Equal(KeyRole.TenantAdmin, key.Role);
        Assert.Equal("x", key.Metadata["project"]);
        Assert.True(key.Models.Matches("gpt-4o-mini"));
        Assert.False(key.Models.Matches("qwen-max"));

        var until = _configuration.Keys[1];
        Assert.Equal(new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero), until.ExpiresAt);
        Assert.Equal((KeyRole.User, GlobList.Everything), (until.Role, until.Models));
    }

    [Fact]
    public void Limits_and_budgets_are_read()
    {
        var limits = _configuration.Limits;
        Assert.Equal((1000, 20000), (limits[0].RequestsPerMinute, limits[0].RequestsPerHour));
        Assert.Equal((90, ScopeReference.Global), (limits[0].RequestsPerSecond, limits[0].Scope));
        Assert.Equal(("acme", "search"), (limits[2].Scope.TenantName, limits[2].Scope.TeamName));
        Assert.Equal((20, 20), (limits[3].MaxParallel, limits[3].Burst));
        Assert.Equal(LimitEach.User, limits[4].Each);
        Assert.Equal(new ScopeReference(ScopeKind.Route, "/v1/embeddings"), limits[5].Scope);

        var budget = _configuration.Budgets[0];
        Assert.Equal((500.5m, BudgetMode.Track), (budget.LimitUsd, budget.Mode));
        Assert.Equal((BudgetPeriodKind.Monthly, "Asia/Taipei"), (budget.Period.Kind, budget.TimeZone));
        Assert.Equal([0.8m, 0.9m, 1.0m], budget.Alerts);
        Assert.Equal(["finance-mail", "ops-slack"], budget.Channels);
        Assert.Equal(["ann", "bo"], budget.SharedUsers);

        Assert.Null(budget.LimitTokens);
        Assert.Equal(
            [BudgetEnforcement.Strict, BudgetEnforcement.Soft],
            [_configuration.Budgets[1].Enforcement, _configuration.Budgets[3].Enforcement]);
        Assert.Equal((0, 1_000_000), (_configuration.Budgets[3].LimitUsd, _configuration.Budgets[3].LimitTokens));

        var brief = _configuration.Budgets[1];
        Assert.Equal((BudgetPeriodKind.Length, TimeSpan.FromSeconds(2)), (brief.Period.Kind, brief.Period.Length));
        var fiscal = _configuration.Budgets[2].Period;
        Assert.Equal((BudgetPeriodKind.Quarterly, 4), (fiscal.Kind, fiscal.First));
        Assert.Equal(("Europe/Paris", BudgetMode.Enforce), (brief.TimeZone, brief.Mode));
        Assert.Equal([0.8m, 0.9m, 1.0m], brief.Alerts);
    }

    [Fact]
    public void Channels_and_guards_are_read()
    {
        Assert.Equal("https://hooks.example.com/T0/B0/slack-token", _configuration.Channels[0].Url?.Reveal());
        Assert.Equal(["finance@example.com"], _configuration.Channels[1].To);
        var smtp = new SmtpConfiguration
        {
            Host = "127.0.0.1",
            Port = 2525,
            From = "platform@example.com",
            Tls = SmtpTls.None,
            Username = "mail",
            Password = new Secret("mail-password"),
        };
        Assert.Equal(smtp, _configuration.Channels[1].Smtp);
        Assert.Equal("hook-signing-secret", _configuration.Channels[2].Secret?.Reveal());

        var guards = _configuration.Guardrails;
        Assert.Equal((1000, "Be kind: always."), (guards.MaxPromptChars, guards.SystemPromptAppend));
        Assert.Equal(GuardAction.RouteLocal, guards.Pii.Action);
        Assert.Equal([PiiKind.Email, PiiKind.CreditCard], guards.Pii.Kinds);
        Assert.Equal(["ignore previous instructions", "忽略之前的指令"], guards.Injection.Patterns);
        Assert.Equal(["alpha", "beta", "gamma"], guards.ForbiddenWords.Words);
        Assert.Equal(GuardFailure.Block, guards.ContentSafety!.OnError);
    }

    [Fact]
    public void Caches_audit_and_issuers_are_read()
    {
        Assert.Equal(TimeSpan.FromHours(2), _configuration.Cache.Exact!.Ttl);
        var semantic = _configuration.Cache.Semantic!;
        Assert.Equal((0.9m, "embed"), (semantic.Threshold, semantic.EmbeddingModel));
        var audit = _configuration.Audit;
        Assert.Equal((true, TimeSpan.FromDays(30)), (audit.CaptureBodies, audit.Retention));
        var issuer = Assert.Single(_configuration.Auth.Jwt);
        Assert.Equal(("llm", "org", "llm.call"), (issuer.Audience, issuer.TenantClaim, issuer.Scope));
        Assert.Equal(new Uri("https://id.example.com/keys"), issuer.JwksUrl);
        Assert.Equal(("team", "email", "plan"), (issuer.TeamClaim, issuer.UserClaim, issuer.TierClaim));
        Assert.Equal(["gpt-4o*"], issuer.Models.Patterns);
    }

    [Fact]
    public void The_hash_follows_every_file_and_every_variable_and_nothing_else()
    {
        Assert.Equal(_configuration.Hash, _folder.LoadGood().Hash);
        Assert.Matches("^[0-9a-f]{64}$", _configuration.Hash);

        _folder.Environment["UNRELATED"] = "x";
        Assert.Equal(_configuration.Hash, _folder.LoadGood().Hash);

        _folder.Write("beta\n", "words.txt");
        var otherWords = _folder.LoadGood().Hash;
        Assert.NotEqual(_configuration.Hash, otherWords);

        _folder.Environment["MAIL"] = "another";
        Assert.NotEqual(otherWords, _folder.LoadGood().Hash);
    }
}
