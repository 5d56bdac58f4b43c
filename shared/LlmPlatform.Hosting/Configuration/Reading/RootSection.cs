namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>The top of the file: which sections there are.</summary>
internal static class RootSection
{
    public static PlatformConfiguration Read(
        SectionReader root, IReadOnlyList<PriceListEntry> prices, Func<SectionReader, IReadOnlyList<string>> readWords)
    {
        var server = root.Section("server", ServerSection.Read) ?? new ServerConfiguration();
        return new PlatformConfiguration
        {
            Server = server,
            Providers = root.Sections("providers", ProviderSection.Read),
            Models = root.Sections("models", model => ModelSection.Read(model, prices)),
            Routes = root.Sections("routes", RouteSection.Read),
            Tenants = root.Sections("tenants", TenantSection.Read),
            Keys = root.Sections("keys", KeySection.Read),
            Limits = root.Sections("limits", LimitSection.Read),
            Budgets = root.Sections("budgets", budget => BudgetSection.Read(budget, server.TimeZone)),
            Channels = root.Sections("channels", ChannelSection.Read),
            Alerting = root.Section("alerting", AlertingSection.Read) ?? new AlertingConfiguration(),
            Guardrails = root.Section("guardrails", guardrails => GuardrailSection.Read(guardrails, readWords))
                ?? new GuardrailConfiguration(),
            Cache = root.Section("cache", CacheSection.Read) ?? new CacheConfiguration(),
            Audit = root.Section("audit", AuditSection.Read) ?? new AuditConfiguration(),
            Auth = root.Section("auth", AuthSection.Read) ?? new AuthConfiguration(),
            Prices = prices,
        };
    }
}
