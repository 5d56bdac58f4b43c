using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>
/// Takes what cannot serve out of the models: deployments of providers that are off, and models left without any.
/// </summary>
internal static class Availability
{
    public static PlatformConfiguration Apply(PlatformConfiguration configuration, FileReading reading)
    {
        var off = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < configuration.Providers.Count; i++)
        {
            var provider = configuration.Providers[i];
            if (provider.Enabled)
                continue;
            off.Add(provider.Name);
            reading.Notice($"providers[{i}]", $"provider \"{provider.Name}\" is off: {provider.DisabledReason}.");
        }

        var models = configuration.Models.Select((model, i) => Reduce(model, $"models[{i}]", off, reading)).ToList();
        var serving = models.Where(model => model.Enabled).Select(model => model.Name).ToHashSet();
        var reachable = models.Select(model => model with
        {
            Fallbacks = [.. model.Fallbacks.Where(serving.Contains)],
            ContextWindowFallbacks = [.. model.ContextWindowFallbacks.Where(serving.Contains)],
            ContentPolicyFallbacks = [.. model.ContentPolicyFallbacks.Where(serving.Contains)],
        });
        return configuration with { Models = [.. reachable] };
    }

    private static ModelConfiguration Reduce(
        ModelConfiguration model, string path, HashSet<string> off, FileReading reading)
    {
        var serving = model.Deployments.Where(deployment => !off.Contains(deployment.Provider)).ToList();
        if (serving.Count > 0)
            return model with { Deployments = serving };

        var providers = string.Join(", ", model.Deployments.Select(deployment => deployment.Provider).Distinct());
        var reason = $"every provider that would serve it is off ({providers})";
        reading.Notice(path, $"model \"{model.Name}\" is off: {reason}.");
        return model with { Deployments = [], Enabled = false, DisabledReason = reason };
    }
}
