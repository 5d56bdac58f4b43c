using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Catalog;

/// <summary>A rule of the configuration as edges follow it.</summary>
internal static class RuleBuilder
{
    public static RoutedRule RuleOf(RouteConfiguration route, int position) => new()
    {
        Position = position,
        Tenant = route.When.Tenant,
        TenantTier = route.When.TenantTier,
        Team = route.When.Team,
        KeyMetadata = route.When.KeyMetadata.Count == 0 ? null : route.When.KeyMetadata,
        Model = route.When.Model?.Patterns,
        Tag = route.When.Tag,
        Pii = route.When.Pii,
        LatencyClass = route.When.LatencyClass,
        Region = route.When.Region,
        Residency = route.When.Residency,
        Stream = route.When.Stream,
        PromptTokensOver = route.When.PromptTokensOver,
        PromptTokensUnder = route.When.PromptTokensUnder,
        QueueDepthOver = route.When.QueueDepthOver,
        Percent = route.When.Percent,
        UseModel = route.Use.Model,
        UseProvider = route.Use.Provider,
        UseRegion = route.Use.Region,
        UseLocal = route.Use.Local,
        Refuse = route.Use.Refuse,
    };
}
