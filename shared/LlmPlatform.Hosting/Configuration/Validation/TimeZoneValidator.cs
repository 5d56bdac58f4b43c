using LlmPlatform.Hosting.Configuration.Reading;
using NodaTime;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>
/// Zones are looked up where periods are later computed, not in the operating system, which may know others.
/// </summary>
internal static class TimeZoneValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        var server = configuration.Server.TimeZone;
        Check("server.time_zone", server, reading);
        for (var i = 0; i < configuration.Budgets.Count; i++)
        {
            // A budget without a zone of its own has the server's, whose fault is reported once.
            if (configuration.Budgets[i].TimeZone != server)
                Check($"budgets[{i}].time_zone", configuration.Budgets[i].TimeZone, reading);
        }
    }

    private static void Check(string path, string zone, FileReading reading)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
            reading.Fault(
                path, $"{reading.Quote(path, zone)} is no time zone; write an IANA name such as UTC or Asia/Taipei.");
    }
}
