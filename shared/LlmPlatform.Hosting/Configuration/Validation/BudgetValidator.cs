using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class BudgetValidator
{
    private const int MaxAlerts = 20;

    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var channels = configuration.Channels.Select(channel => channel.Name).ToHashSet();
        for (var i = 0; i < configuration.Budgets.Count; i++)
        {
            var (path, budget) = ($"budgets[{i}]", configuration.Budgets[i]);
            for (var j = 0; j < budget.Channels.Count; j++)
                References.Check(reading, $"{path}.channels[{j}]", "channel", budget.Channels[j], channels);

            if (budget is { Mode: BudgetMode.Track, Enforcement: BudgetEnforcement.Soft })
            {
                reading.Fault(
                    $"{path}.enforcement", "says how calls are refused, and mode: track refuses none; leave out one.");
            }

            CheckRepeats($"{path}.channels", budget.Channels, reading);
            CheckRepeats($"{path}.shared_users", budget.SharedUsers, reading);
            CheckRepeats($"{path}.alerts", budget.Alerts, reading);
            if (budget.Alerts.Count > MaxAlerts)
                reading.Fault($"{path}.alerts", $"has more than {MaxAlerts} thresholds; nobody reads so many.");
        }
    }

    private static void CheckRepeats<T>(string path, IReadOnlyList<T> items, FileReading reading)
    {
        if (items.Distinct().Count() < items.Count)
            reading.Fault(path, "names the same thing twice; keep one.");
    }
}
