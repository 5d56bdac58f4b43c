using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class UniqueNameValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        Check("providers", configuration.Providers, item => item.Name, item => item.Line, reading);
        Check("models", configuration.Models, item => item.Name, item => item.Line, reading);
        Check("tenants", configuration.Tenants, item => item.Name, item => item.Line, reading);
        Check("keys", configuration.Keys, item => item.Name, item => item.Line, reading);
        Check("budgets", configuration.Budgets, item => item.Name, item => item.Line, reading);
        Check("channels", configuration.Channels, item => item.Name, item => item.Line, reading);
        for (var i = 0; i < configuration.Tenants.Count; i++)
        {
            var teams = configuration.Tenants[i].Teams;
            Check($"tenants[{i}].teams", teams, team => team.Name, team => team.Line, reading);
        }
    }

    private static void Check<T>(
        string list, IReadOnlyList<T> items, Func<T, string> nameOf, Func<T, int> lineOf, FileReading reading)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            var name = nameOf(items[i]);
            if (name.Length == 0 || first.TryAdd(name, lineOf(items[i])))
                continue;
            var path = $"{list}[{i}].name";
            reading.Fault(
                path, $"{reading.Quote(path, name)} is taken by the entry on line {first[name]}; choose another name.");
        }
    }
}
