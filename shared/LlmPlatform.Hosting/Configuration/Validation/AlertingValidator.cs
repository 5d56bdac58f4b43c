using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>Rules lead to channels that are declared.</summary>
internal static class AlertingValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var channels = configuration.Channels.Select(channel => channel.Name).ToHashSet();
        for (var i = 0; i < configuration.Alerting.Routes.Count; i++)
        {
            var (path, route) = ($"alerting.routes[{i}].channels", configuration.Alerting.Routes[i]);
            if (route.Channels.Count == 0 && reading.Gives(path) && !reading.HasFaultWithin(path))
                reading.Fault(path, "names no channel; give at least one, or remove the rule.");
            for (var j = 0; j < route.Channels.Count; j++)
                References.Check(reading, $"{path}[{j}]", "channel", route.Channels[j], channels);
        }
    }
}
