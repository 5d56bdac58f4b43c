namespace LlmPlatform.Hosting.Configuration;

/// <summary>The whole configuration file, read and checked. Immutable: a change of the file gives a new one.</summary>
public sealed record PlatformConfiguration
{
    /// <summary>Section <c>server</c>.</summary>
    public ServerConfiguration Server { get; init; } = new();

    /// <summary>Section <c>providers</c>, those that are off included.</summary>
    public IReadOnlyList<ProviderConfiguration> Providers { get; init; } = [];

    /// <summary>
    /// Section <c>models</c>, those that are off included; their deployments are only those that can serve.
    /// </summary>
    public IReadOnlyList<ModelConfiguration> Models { get; init; } = [];

    /// <summary>Section <c>routes</c>, in the order they are tried.</summary>
    public IReadOnlyList<RouteConfiguration> Routes { get; init; } = [];

    /// <summary>Section <c>tenants</c>.</summary>
    public IReadOnlyList<TenantConfiguration> Tenants { get; init; } = [];

    /// <summary>Section <c>keys</c>.</summary>
    public IReadOnlyList<KeyConfiguration> Keys { get; init; } = [];

    /// <summary>Section <c>limits</c>.</summary>
    public IReadOnlyList<LimitConfiguration> Limits { get; init; } = [];

    /// <summary>Section <c>budgets</c>.</summary>
    public IReadOnlyList<BudgetConfiguration> Budgets { get; init; } = [];

    /// <summary>Section <c>channels</c>.</summary>
    public IReadOnlyList<ChannelConfiguration> Channels { get; init; } = [];

    /// <summary>Section <c>alerting</c>.</summary>
    public AlertingConfiguration Alerting { get; init; } = new();

    /// <summary>Section <c>guardrails</c>.</summary>
    public GuardrailConfiguration Guardrails { get; init; } = new();

    /// <summary>Section <c>cache</c>.</summary>
    public CacheConfiguration Cache { get; init; } = new();

    /// <summary>Section <c>audit</c>.</summary>
    public AuditConfiguration Audit { get; init; } = new();

    /// <summary>Section <c>auth</c>.</summary>
    public AuthConfiguration Auth { get; init; } = new();

    /// <summary>The price list: every entry, whether a model refers to it or not.</summary>
    public IReadOnlyList<PriceListEntry> Prices { get; init; } = [];

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, of every file that was read and of the environment variables they name. Two
    /// processes with the same hash run on the same configuration.
    /// </summary>
    public string Hash { get; init; } = string.Empty;

    /// <summary>The file as it was named, for messages such as "declared in config/platform.yaml, line 12".</summary>
    public string SourcePath { get; init; } = string.Empty;

    /// <summary>The files it was read from; null for a configuration that was made in code.</summary>
    internal ConfigurationSources? Sources { get; init; }
}
