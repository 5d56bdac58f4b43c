using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Money.Periods;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Tests;

/// <summary>
/// The models, prices, limits and keys that the edge under test knows. Models come in kinds: <c>m</c> on one provider,
/// <c>t</c> on two, <c>d</c> first on one that is not there, <c>r</c> on the raw one, <c>h</c> on the raw one with
/// short timeouts, <c>b</c> the same with a second behind it, <c>hedged-</c> on the raw one and
/// a second beside it where that one is slow, <c>u</c> without a price; <c>claude-</c>, <c>google-</c>
/// and <c>bed-</c> on those that speak other protocols; <c>cut-</c> and <c>claude-cut-</c> are cut when a caller
/// leaves; <c>o</c>, <c>kept-</c> and <c>away-</c> are on OpenAI's own kind: two, the raw one, and a second behind one
/// that is not there; <c>a</c> and <c>azure-</c> on the raw one spoken to as Anthropic and as Azure.
/// </summary>
internal static class Landscape
{
    public const int ModelsOfAKind = 400;
    public const string Open = "sk-open-key-of-the-tests";
    public const string Narrow = "sk-narrow-key-of-the-tests";
    public const string Expired = "sk-expired-key-of-the-tests";
    public const string Poor = "sk-poor-key-of-the-tests";
    public const string Held = "sk-held-key-of-the-tests";
    public const string Paced = "sk-paced-key-of-the-tests";
    public const string Tracked = "sk-tracked-key-of-the-tests";
    public const string Watched = "sk-watched-key-of-the-tests";
    public const string Counted = "sk-counted-key-of-the-tests";
    public const string Short = "sk-short-key-of-the-tests";
    public const string Tokens = "sk-tokens-key-of-the-tests";
    public const string Roomy = "sk-roomy-key-of-the-tests";

    /// <summary>What each of the softly enforced budgets of <see cref="SoftKey"/> may spend.</summary>
    public const decimal SoftUsd = 0.01m;

    /// <summary>How many of them there are: none is used by two tests.</summary>
    public const int SoftBudgets = 9;
    public const string ProviderSecret = "upstream-secret-of-the-tests";
    public const string Origin = "https://chat.example.com";
    public const int MaxOutputTokens = 1000;

    private static readonly List<string> _cipherFaults = [];

    public static CredentialCipher Cipher { get; } =
        CredentialCipher.Read(Convert.ToBase64String(new byte[32]), _cipherFaults)!;

    public static PlatformConfiguration Configuration { get; } = new()
    {
        Server = new ServerConfiguration { CorsOrigins = [Origin] },
        Tenants = [.. Tenants.Select(tenant => new TenantConfiguration { Name = tenant, Tier = "basic" })],
        Keys =
        [
            Key("open", Open),
            Key("narrow", Narrow) with { Models = new GlobList(["m*", "org/*"]) },
            Key("expired", Expired) with { ExpiresAt = DateTimeOffset.UnixEpoch },
            Key("poor", Poor),
            Key("held", Held),
            Key("paced", Paced),
            Key("tracked", Tracked) with
            {
                Metadata = new Dictionary<string, string> { ["tags"] = "env=staging, owner=search" },
            },
            Key("watched", Watched),
            Key("counted", Counted),
            Key("short", Short),
            Key("tokens", Tokens),
            Key("roomy", Roomy),
            .. Enumerable.Range(0, SoftBudgets).Select(number => Key(SoftTenant(number), SoftKey(number))),
        ],
    };

    private static string[] Tenants =>
    [
        "open", "narrow", "expired", "poor", "held", "paced", "tracked", "watched", "counted", "short", "tokens",
        "roomy", .. Enumerable.Range(0, SoftBudgets).Select(SoftTenant),
    ];

    public static string SoftTenant(int number) => $"soft-{number}";

    public static string SoftKey(int number) => $"sk-soft-key-{number}-of-the-tests";

    public static RoutingSnapshot Routes(ProviderAddresses at) => new()
    {
        Version = 1,
        Providers =
        [
            Provider("first", at.First) with { EncryptedApiKey = Cipher.Encrypt(ProviderSecret, "provider:first") },
            Provider("second", at.Second),
            Keyed("openai", at.First),
            Provider("openai-two", at.Second) with { Kind = "openai" },
            Provider("openai-raw", at.Raw) with { Kind = "openai" },
            Provider("openai-away", new Uri("http://127.0.0.1:1/v1")) with { Kind = "openai" },
            Provider("nobody", new Uri("http://127.0.0.1:1/v1")),
            Provider("raw", at.Raw),
            Keyed("anthropic", at.Anthropic),
            Keyed("gemini", at.Gemini),
            Keyed("bedrock", at.Bedrock) with { Location = "us-east-1" },
            Provider("hasty", at.Raw) with
            {
                Timeout = TimeSpan.FromSeconds(8),
                FirstByteTimeout = TimeSpan.FromMilliseconds(1500),
                IdleTimeout = TimeSpan.FromSeconds(3),
            },
            Provider("azure", at.Raw) with
            {
                Kind = "azure_openai",
                ApiVersion = "2024-10-21",
                EncryptedApiKey = Cipher.Encrypt(ProviderSecret, "provider:azure"),
            },
            Provider("claude", at.Raw) with
            {
                Kind = "anthropic",
                EncryptedApiKey = Cipher.Encrypt(ProviderSecret, "provider:claude"),
            },
        ],
        Models =
        [
            .. Kind("m", "first"), .. Kind("r", "raw"), .. Kind("h", "hasty"), .. Kind("u", "first"),
            .. Kind("t", "first", "second"), .. Kind("d", "nobody", "second"),
            .. Kind("b", "hasty", "second"), .. Kind("x", "raw", "second"),
            .. Kind("hedged-", "raw", "second").Select(Hedged),
            .. Kind("claude-", "anthropic"), .. Kind("google-", "gemini"), .. Kind("bed-", "bedrock"),
            .. Kind("cut-", "first").Select(Cut), .. Kind("claude-cut-", "anthropic").Select(Cut),
            .. Kind("o", "openai", "openai-two"), .. Kind("kept-", "openai-raw"),
            .. Kind("away-", "openai-away", "openai-two"),
            .. Kind("cut-o", "openai").Select(Cut),
            .. Kind("a", "claude"), .. Kind("azure-", "azure"),
            .. Kind("claude-3-haiku-x", "anthropic"), .. Kind("claude-sonnet-4-5-x", "anthropic"),
            .. Kind("claude-opus-5-x", "anthropic"),
            Model("org/team/model", "first"), Model("模型", "first"), Model("lost", "nobody"),
        ],
    };

    public static PriceBookSnapshot Prices() => new()
    {
        Version = 1,
        Prices =
        [
            .. Routes(ProviderAddresses.Nowhere).Models
                .Where(model => !model.Name.StartsWith('u'))
                .SelectMany(model => model.Deployments.Select(deployment => new Price
                {
                    VersionId = "v1",
                    Sku = PriceSku.For(model.Name, deployment.Provider, deployment.Model),
                    EffectiveFrom = DateTimeOffset.UnixEpoch,
                    Input = 10m,
                    Output = 20m,
                    WebSearch = 10m,
                    Variants =
                    [
                        new PriceVariant { ServiceTier = "priority", Input = 30m, Output = 60m },
                        new PriceVariant { Region = "us", Input = 11m, Output = 22m },
                    ],
                })),
        ],
    };

    public static LimitsSnapshot Limits() => new()
    {
        Version = 1,
        Budgets =
        [
            Budget("poor", limitUsd: 0.000001m, enforce: true),
            Budget("tokens", limitUsd: 0, enforce: true) with { LimitTokens = MaxOutputTokens },
            Budget("roomy", limitUsd: 0.13m, enforce: true) with { IsSoft = true },
            .. Enumerable.Range(0, SoftBudgets).Select(number =>
                Budget(SoftTenant(number), SoftUsd, enforce: true) with { IsSoft = true }),
            Budget("held", limitUsd: 0.023m, enforce: true),
            Budget("short", limitUsd: 0.02m, enforce: true),
            Budget("tracked", limitUsd: 1000, enforce: false),
            Budget("watched", limitUsd: 1000, enforce: true),
        ],
        RateLimits =
        [
            new RateLimitDefinition { Id = "gold", Scope = "tier:gold", RequestsPerMinute = 2 },
            new RateLimitDefinition
            {
                Id = "pace",
                Scope = "tenant:paced",
                RequestsPerMinute = 2,
                TokensPerDay = 1_000_000,
            },
            new RateLimitDefinition { Id = "count", Scope = "tenant:counted", RequestsPerMinute = 1, TokensPerDay = 1 },
        ],
    };

    private static IEnumerable<RoutedModel> Kind(string kind, params string[] providers) =>
        Enumerable.Range(0, ModelsOfAKind).Select(number => Model($"{kind}{number}", providers));

    private static RoutedModel Model(string name, params string[] providers) => new()
    {
        Name = name,
        MaxOutputTokens = name.StartsWith('m') ? null : MaxOutputTokens,
        Strategy = "weighted",
        Deployments =
        [
            .. providers.Select((provider, index) => new RoutedDeployment
            {
                Provider = provider,
                Model = name,
                Priority = index + 1,
                Weight = 1,
            }),
        ],
    };

    private static RoutedModel Cut(RoutedModel model) => model with { OnDisconnect = "abort" };

    private static RoutedModel Hedged(RoutedModel model) => model with
    {
        Hedging = new RoutedHedging { Initial = TimeSpan.FromMilliseconds(50) },
    };

    // A provider whose kind is its name, and that asks for a key.
    private static RoutedProvider Keyed(string kind, Uri address) => Provider(kind, address) with
    {
        Kind = kind,
        EncryptedApiKey = Cipher.Encrypt(ProviderSecret, "provider:" + kind),
    };

    private static RoutedProvider Provider(string name, Uri address) => new()
    {
        Name = name,
        Kind = "openai_compatible",
        BaseUrl = address,
        Timeout = TimeSpan.FromSeconds(20),
        FirstByteTimeout = TimeSpan.FromSeconds(20),
        IdleTimeout = TimeSpan.FromSeconds(20),
        Up = true,
    };

    private static BudgetDefinition Budget(string tenant, decimal limitUsd, bool enforce) => new()
    {
        Id = tenant,
        Name = tenant + "-month",
        Revision = 1,
        Scope = "tenant:" + tenant,
        LimitNanoUsd = (long)(limitUsd * 1_000_000_000),
        PeriodKind = BudgetPeriodKind.Monthly,
        Enforce = enforce,
    };

    private static KeyConfiguration Key(string tenant, string secret) =>
        new() { Name = tenant + "-key", Tenant = tenant, Secret = new Secret(secret) };
}
