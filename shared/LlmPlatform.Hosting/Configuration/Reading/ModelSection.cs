namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class ModelSection
{
    /// <summary>More tokens than any context holds.</summary>
    private const int MaxTokens = 100_000_000;

    public static ModelConfiguration Read(SectionReader model, IReadOnlyList<PriceListEntry> prices)
    {
        var price = PriceSection.ReadReference(model, prices);
        return new ModelConfiguration
        {
            Name = model.Name("name", ":/@"),
            Deployments = model.Sections("deployments", deployment => ReadDeployment(deployment, price, prices)),
            Fallbacks = model.TextList("fallbacks"),
            ContextWindowFallbacks = model.TextList("context_window_fallbacks"),
            ContentPolicyFallbacks = model.TextList("content_policy_fallbacks"),
            Failover = model.Section("failover", FailoverSection.Read) ?? new ModelFailoverConfiguration(),
            Hedging = model.Section("hedging", HedgingSection.Read),
            ContextWindow = model.OptionalInteger("context_window", 1, MaxTokens),
            MaxOutputTokens = model.OptionalInteger("max_output_tokens", 1, MaxTokens),
            Tools = model.OptionalFlag("tools"),
            Vision = model.OptionalFlag("vision"),
            Price = price,
            Strategy = model.Choice("strategy", RoutingStrategy.Weighted),
            OnDisconnect = model.Choice("on_disconnect", DisconnectPolicy.Drain),
            Line = model.Line,
        };
    }

    private static DeploymentConfiguration ReadDeployment(
        SectionReader deployment, PriceSchedule? modelPrice, IReadOnlyList<PriceListEntry> prices) => new()
        {
            Provider = deployment.Text("provider"),
            Model = deployment.Text("model"),
            Priority = deployment.Integer("priority", 1, 1, 1000),
            Weight = deployment.Integer("weight", 1, 1, 10_000),
            Tools = deployment.OptionalFlag("tools"),
            Vision = deployment.OptionalFlag("vision"),
            ContextWindow = deployment.OptionalInteger("context_window", 1, MaxTokens),
            MaxOutputTokens = deployment.OptionalInteger("max_output_tokens", 1, MaxTokens),
            Price = PriceSection.ReadReference(deployment, prices) ?? modelPrice,
            Line = deployment.Line,
        };
}
