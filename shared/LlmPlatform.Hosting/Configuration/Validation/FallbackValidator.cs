using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>
/// Fallbacks end somewhere: a model that falls back to itself, by whatever way, would be tried for ever.
/// </summary>
internal static class FallbackValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var models = configuration.Models;
        var names = models.Select(model => model.Name).ToHashSet();
        var byName = models.DistinctBy(model => model.Name).ToDictionary(model => model.Name);
        for (var i = 0; i < models.Count; i++)
        {
            for (var j = 0; j < models[i].Fallbacks.Count; j++)
            {
                var path = $"models[{i}].fallbacks[{j}]";
                var fallback = models[i].Fallbacks[j];
                References.Check(reading, path, "model", fallback, names);
                if (Reaches(fallback, models[i].Name, byName))
                    reading.Fault(path, $"{reading.Quote(path, fallback)} leads back to this model; break the circle.");
            }

            CheckParticular($"models[{i}].context_window_fallbacks", models[i].ContextWindowFallbacks);
            CheckParticular($"models[{i}].content_policy_fallbacks", models[i].ContentPolicyFallbacks);

            // They are tried once, for one kind of fault, so a circle ends; the model itself would fail again.
            void CheckParticular(string path, IReadOnlyList<string> fallbacks)
            {
                for (var j = 0; j < fallbacks.Count; j++)
                {
                    References.Check(reading, $"{path}[{j}]", "model", fallbacks[j], names);
                    if (fallbacks[j] == models[i].Name)
                        reading.Fault($"{path}[{j}]", "is this model itself; name another.");
                }
            }
        }
    }

    private static bool Reaches(string from, string goal, Dictionary<string, ModelConfiguration> models)
    {
        var visited = new HashSet<string>();
        var open = new Stack<string>([from]);
        while (open.TryPop(out var name))
        {
            if (name == goal)
                return true;
            if (!visited.Add(name) || !models.TryGetValue(name, out var model))
                continue;
            foreach (var next in model.Fallbacks)
                open.Push(next);
        }

        return false;
    }
}
