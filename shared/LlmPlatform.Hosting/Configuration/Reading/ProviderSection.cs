namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class ProviderSection
{
    private static readonly TimeSpan MaxCall = TimeSpan.FromHours(1);

    public static ProviderConfiguration Read(SectionReader provider)
    {
        var reason = ReasonToBeOff(provider);
        provider.ToleratesUnsetVariables = reason is not null;

        var kind = provider.RequiredChoice<ProviderKind>("kind");
        var timeout = provider.Duration("timeout", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), MaxCall);
        var apiKey = provider.OptionalSecret("api_key");
        return new ProviderConfiguration
        {
            Name = provider.Name("name"),
            Kind = kind,
            BaseUrl = BaseUrl(provider, kind, apiKey is not null),
            ApiKey = apiKey,
            Timeout = timeout,
            FirstByteTimeout = Within(timeout, "first_byte_timeout", provider),
            IdleTimeout = Within(timeout, "idle_timeout", provider),
            Health = provider.Section("health", health => ReadHealth(health, kind)) ?? DefaultHealth(kind),
            Circuit = provider.Section("circuit", ReadCircuit) ?? new ProviderCircuitConfiguration(),
            Region = provider.OptionalName("region"),
            Local = provider.Flag("local", fallback: false),
            Enabled = reason is null,
            DisabledReason = reason,
            Line = provider.Line,
        };
    }

    /// <summary>An unset credential switches the provider off; so does any variable it says it requires.</summary>
    private static string? ReasonToBeOff(SectionReader provider)
    {
        var unset = provider.TextList("requires").FirstOrDefault(variable => !provider.IsSet(variable))
            ?? provider.UnsetVariable("api_key");
        return unset is null ? null : $"the environment variable {unset} is not set";
    }

    private static TimeSpan Within(TimeSpan timeout, string key, SectionReader provider)
    {
        var usual = TimeSpan.FromSeconds(30);
        return provider.Duration(key, usual < timeout ? usual : timeout, TimeSpan.FromMilliseconds(10), timeout);
    }

    private static Uri? BaseUrl(SectionReader provider, ProviderKind kind, bool hasApiKey)
    {
        if (!provider.Has("base_url"))
            return DefaultBaseUrl(kind);
        if (provider.Value("base_url") is not { } text)
            return null;

        // OLLAMA_HOST is usually host and port alone. Only where there is a credential to leak must TLS be chosen or
        // declined in writing.
        var isBare = !text.Value.Contains("://", StringComparison.Ordinal);
        return provider.ReadUrl(text, isBare && !hasApiKey ? $"http://{text.Value}" : text.Value);
    }

    private static Uri? DefaultBaseUrl(ProviderKind kind) => kind switch
    {
        ProviderKind.OpenAi => new Uri("https://api.openai.com/v1"),
        ProviderKind.Anthropic => new Uri("https://api.anthropic.com"),
        ProviderKind.Gemini => new Uri("https://generativelanguage.googleapis.com"),
        _ => null,
    };

    private static ProviderHealthConfiguration DefaultHealth(ProviderKind kind) =>
        new() { Enabled = kind != ProviderKind.Simulated };

    private static ProviderHealthConfiguration ReadHealth(SectionReader health, ProviderKind kind)
    {
        var defaults = DefaultHealth(kind);
        var path = health.OptionalText("path");
        if (path is not null && path[0] != '/')
            health.Fault("path", "must begin with \"/\".");
        return new ProviderHealthConfiguration
        {
            Enabled = health.Flag("enabled", defaults.Enabled),
            Path = path ?? defaults.Path,
            Interval = health.Duration(
                "interval", defaults.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            Timeout = health.Duration(
                "timeout", defaults.Timeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            HealthyAfter = health.Integer("healthy_after", defaults.HealthyAfter, 1, 100),
            UnhealthyAfter = health.Integer("unhealthy_after", defaults.UnhealthyAfter, 1, 100),
        };
    }

    private static ProviderCircuitConfiguration ReadCircuit(SectionReader circuit)
    {
        var defaults = new ProviderCircuitConfiguration();
        return new ProviderCircuitConfiguration
        {
            Failures = circuit.Integer("failures", defaults.Failures, 1, 1000),
            Recovery = circuit.Duration(
                "recovery", defaults.Recovery, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        };
    }
}
