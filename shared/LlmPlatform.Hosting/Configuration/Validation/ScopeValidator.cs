using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>Scopes of limits and budgets name what the file declares, where it is the file that declares it.</summary>
internal static class ScopeValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        for (var i = 0; i < configuration.Limits.Count; i++)
            Check(configuration.Limits[i].Scope, $"limits[{i}].scope", configuration, reading);
        for (var i = 0; i < configuration.Budgets.Count; i++)
            Check(configuration.Budgets[i].Scope, $"budgets[{i}].scope", configuration, reading);
    }

    private static void Check(
        ScopeReference scope, string path, PlatformConfiguration configuration, FileReading reading)
    {
        switch (scope.Kind)
        {
            case ScopeKind.Tenant or ScopeKind.Team:
                References.Check(
                    reading, path, "tenant", scope.TenantName!, [.. configuration.Tenants.Select(t => t.Name)]);
                CheckTeam(scope, path, configuration, reading);
                break;
            case ScopeKind.Key:
                References.Check(reading, path, "key", scope.Name, [.. configuration.Keys.Select(key => key.Name)]);
                break;
            case ScopeKind.KeyModel:
                var parts = scope.Name.Split('/', 2);
                References.Check(reading, path, "key", parts[0], [.. configuration.Keys.Select(key => key.Name)]);
                if (!References.IsProviderModel(parts[1], configuration))
                    References.Check(
                        reading, path, "model", parts[1], [.. configuration.Models.Select(model => model.Name)]);
                break;
            case ScopeKind.Model when !References.IsProviderModel(scope.Name, configuration):
                References.Check(
                    reading, path, "model", scope.Name, [.. configuration.Models.Select(model => model.Name)]);
                break;
            case ScopeKind.Tier:
                var tiers = configuration.Tenants.Select(tenant => tenant.Tier).OfType<string>().Distinct().ToList();
                if (!tiers.Contains(scope.Name))
                    reading.Notice(path, $"no declared tenant is of tier {reading.Quote(path, scope.Name)}.");
                break;
            default:
                // Users, projects and routes are not declared: they are whatever callers bring.
                break;
        }
    }

    private static void CheckTeam(
        ScopeReference scope, string path, PlatformConfiguration configuration, FileReading reading)
    {
        var tenant = configuration.Tenants.FirstOrDefault(tenant => tenant.Name == scope.TenantName);
        if (tenant is not null && scope.TeamName is { } team)
            References.Check(reading, path, "team", team, [.. tenant.Teams.Select(known => known.Name)]);
    }
}
