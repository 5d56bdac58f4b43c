namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class ProviderSection
{
    private static readonly TimeSpan MaxCall = TimeSpan.FromHours(1);

    /// <summary>A provider is off while a variable of any of these is not set.</summary>
    private static readonly string[] Credentials = ["api_key", "access_key_id", "secret_access_key", "session_token"];

    public static ProviderConfiguration Read(SectionReader provider)
    {
        var reason = ReasonToBeOff(provider);
        provider.ToleratesUnsetVariables = reason is not null;

        var kind = provider.RequiredChoice<ProviderKind>("kind");
        var timeout = provider.Duration("timeout", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), MaxCall);
        var apiKey = provider.OptionalSecret("api_key");
        var location = ProviderAddress.ReadLocation(provider);
        var baseUrl = ProviderAddress.Read(provider, kind, location, apiKey is not null);
        var vendor = provider.OptionalChoice<ProviderVendor>("vendor");
        return new ProviderConfiguration
        {
            Name = provider.Name("name"),
            Kind = kind,
            BaseUrl = baseUrl,
            ApiKey = apiKey,
            AccessKeyId = provider.OptionalSecret("access_key_id"),
            SecretAccessKey = provider.OptionalSecret("secret_access_key"),
            SessionToken = provider.OptionalSecret("session_token"),
            ApiVersion = provider.OptionalName("api_version"),
            Project = provider.OptionalName("project", ":"),
            Location = location,
            Vendor = kind == ProviderKind.OpenAiCompatible ? vendor ?? ProviderAddress.VendorAt(baseUrl) : vendor,
            Headers = ProviderHeaders.Read(provider),
            Timeout = timeout,
            FirstByteTimeout = Within(timeout, "first_byte_timeout", provider),
            IdleTimeout = Within(timeout, "idle_timeout", provider),
            Health = provider.Section("health", health => ReadHealth(health, kind)) ?? DefaultHealth(kind),
            Circuit = provider.Section("circuit", ReadCircuit) ?? new ProviderCircuitConfiguration(),
            Slo = provider.Section("slo", ReadSlo),
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
            ?? Credentials.Select(provider.UnsetVariable).FirstOrDefault(variable => variable is not null);
        return unset is null ? null : $"the environment variable {unset} is not set";
    }

    private static TimeSpan Within(TimeSpan timeout, string key, SectionReader provider)
    {
        var usual = TimeSpan.FromSeconds(30);
        return provider.Duration(key, usual < timeout ? usual : timeout, TimeSpan.FromMilliseconds(10), timeout);
    }

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
            Statuses = ProbeStatuses.Read(health),
            Interval = health.Duration(
                "interval", defaults.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            Timeout = health.Duration(
                "timeout", defaults.Timeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            HealthyAfter = health.Integer("healthy_after", defaults.HealthyAfter, 1, 100),
            UnhealthyAfter = health.Integer("unhealthy_after", defaults.UnhealthyAfter, 1, 100),
        };
    }

    private static ProviderSloConfiguration ReadSlo(SectionReader slo)
    {
        var defaults = new ProviderSloConfiguration();
        if (!slo.Has("p95") && !slo.Has("errors"))
            slo.Fault("p95", "is missing, and errors too; promise at least one of them.");
        return new ProviderSloConfiguration
        {
            P95 = slo.OptionalDuration("p95", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
            Errors = slo.OptionalDecimal("errors", 0, 100, decimals: 2),
            Window = slo.Duration("window", defaults.Window, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
            MinCalls = slo.Integer("min_calls", defaults.MinCalls, 1, 1_000_000),
            RecoverAfter = slo.Duration(
                "recover_after", defaults.RecoverAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
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
