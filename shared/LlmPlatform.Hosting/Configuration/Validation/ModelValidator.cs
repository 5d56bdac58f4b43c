using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class ModelValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var providers = configuration.Providers.Select(provider => provider.Name).ToHashSet();
        for (var i = 0; i < configuration.Models.Count; i++)
        {
            var model = configuration.Models[i];
            var path = $"models[{i}]";
            if (model.Deployments.Count == 0 && !reading.Gives($"{path}.deployments"))
                reading.Fault(
                    $"{path}.deployments", "is missing; name at least one { provider, model } that serves it.");
            else if (model.Deployments.Count == 0)
                reading.Fault($"{path}.deployments", "is empty; name at least one { provider, model } that serves it.");
            if (model.MaxOutputTokens > model.ContextWindow)
                reading.Fault(
                    $"{path}.max_output_tokens", "is more than context_window, of which the answer is a part.");

            CheckDeployments(model, path, providers, reading);
            if (model.Deployments.Any(deployment => deployment.Price is null) && !reading.Gives($"{path}.price"))
            {
                var name = reading.Quote($"{path}.name", model.Name);
                reading.Notice(path, $"model {name} has no price; its calls are recorded as unpriced.");
            }
        }
    }

    private static void CheckDeployments(
        ModelConfiguration model, string path, HashSet<string> providers, FileReading reading)
    {
        var seen = new HashSet<(string Provider, string Model)>();
        for (var j = 0; j < model.Deployments.Count; j++)
        {
            var deployment = model.Deployments[j];
            References.Check(reading, $"{path}.deployments[{j}].provider", "provider", deployment.Provider, providers);
            if (deployment.Provider.Length > 0 && !seen.Add((deployment.Provider, deployment.Model)))
                reading.Fault($"{path}.deployments[{j}]", "repeats one above; raise the weight of that one instead.");
        }
    }
}
