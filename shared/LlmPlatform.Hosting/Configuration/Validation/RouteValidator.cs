using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class RouteValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var models = configuration.Models.Select(model => model.Name).ToHashSet();
        var tenants = configuration.Tenants.Select(tenant => tenant.Name).ToHashSet();
        for (var i = 0; i < configuration.Routes.Count; i++)
        {
            var (path, route) = ($"routes[{i}]", configuration.Routes[i]);
            if (route.When == new RouteCondition() && IsFinished(reading, $"{path}.when"))
                reading.Fault($"{path}.when", "asks for nothing, so every call would match; name a condition.");
            if (route.Use == new RouteTarget() && IsFinished(reading, $"{path}.use"))
                reading.Fault(
                    $"{path}.use", "leads nowhere; name a model, a provider, a region, local: true, or refuse.");
            if (route.Use.Refuse is not null && route.Use with { Refuse = null } != new RouteTarget())
                reading.Fault($"{path}.use.refuse", "refuses what the keys beside it route; keep one of them.");

            References.Check(reading, $"{path}.when.tenant", "tenant", route.When.Tenant ?? string.Empty, tenants);
            if (route.Use.Model is { } model && !References.IsProviderModel(model, configuration))
                References.Check(reading, $"{path}.use.model", "model", model, models);
            if (route.Use.Provider is { } provider)
                References.Check(
                    reading,
                    $"{path}.use.provider",
                    "provider",
                    provider,
                    [.. configuration.Providers.Select(known => known.Name)]);
            if (route.Use.Region is { } region && !configuration.Providers.Any(known => known.Region == region))
                reading.Fault(
                    $"{path}.use.region", "no provider is in this region, so these calls could go nowhere.");
            if (route.Use.Local && !configuration.Providers.Any(provider => provider.Local))
                reading.Fault(
                    $"{path}.use.local", "no provider is marked local: true, so these calls could go nowhere.");
        }
    }

    /// <summary>
    /// Whether the section is there with nothing in it: what it should have held is otherwise at fault already.
    /// </summary>
    private static bool IsFinished(FileReading reading, string path) =>
        reading.Gives(path) && !reading.HasFaultWithin(path);
}
