using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class KeyValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var owners = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < configuration.Keys.Count; i++)
        {
            var key = configuration.Keys[i];
            CheckOwner(key, $"keys[{i}]", configuration, reading);
            CheckModels(key, $"keys[{i}]", configuration, reading);

            var secret = key.Secret.Reveal();
            if (secret.Length > 0 && !owners.TryAdd(secret, key.Line))
                reading.Fault(
                    $"keys[{i}].secret", $"is also that of the key on line {owners[secret]}; each key needs its own.");
        }
    }

    private static void CheckOwner(
        KeyConfiguration key, string path, PlatformConfiguration configuration, FileReading reading)
    {
        var tenants = configuration.Tenants.Select(tenant => tenant.Name).ToHashSet();
        References.Check(reading, $"{path}.tenant", "tenant", key.Tenant, tenants);
        var tenant = configuration.Tenants.FirstOrDefault(tenant => tenant.Name == key.Tenant);
        if (tenant is not null && key.Team is { } team)
            References.Check(reading, $"{path}.team", "team", team, [.. tenant.Teams.Select(known => known.Name)]);
    }

    /// <summary>
    /// A pattern that matches nothing today is legal, for models can be added, but more often it is a slip.
    /// </summary>
    private static void CheckModels(
        KeyConfiguration key, string path, PlatformConfiguration configuration, FileReading reading)
    {
        foreach (var pattern in key.Models.Patterns)
        {
            var glob = new GlobList([pattern]);
            if (!pattern.AsSpan().ContainsAny(":/") && !configuration.Models.Any(model => glob.Matches(model.Name)))
                reading.Notice($"{path}.models", $"\"{pattern}\" matches no declared model.");
        }
    }
}
