namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class AlertingSection
{
    public static AlertingConfiguration Read(SectionReader alerting) => new()
    {
        Routes = alerting.Sections("routes", ReadRoute),
        Maintenance = alerting.Sections("maintenance", ReadMaintenance),
    };

    private static AlertRouteConfiguration ReadRoute(SectionReader route)
    {
        route.Require("channels");
        var channels = route.TextList("channels");
        return route.Section("when", when => new AlertRouteConfiguration
        {
            Scope = when.Globs("scope"),
            Kind = when.Globs("kind"),
            Severity = when.Choice("severity", AlertSeverity.Info),
            Channels = channels,
        }) ?? new AlertRouteConfiguration { Channels = channels };
    }

    private static MaintenanceConfiguration ReadMaintenance(SectionReader window)
    {
        var (from, until) = (ReadMoment(window, "from"), ReadMoment(window, "until"));
        if (from != default && until != default && until <= from)
            window.Fault("until", "is not after \"from\"; nothing would be held back.");
        return new MaintenanceConfiguration
        {
            From = from,
            Until = until,
            Kind = window.Globs("kind"),
            Scope = window.Globs("scope"),
        };
    }

    private static DateTimeOffset ReadMoment(SectionReader window, string key)
    {
        window.Require(key);
        if (window.Value(key) is not { } text)
            return default;
        if (!MomentText.TryParse(text.Value, out var moment))
            window.Fault(key, $"{text.Shown} is no moment; write it like 2026-11-22T02:00:00Z.");
        return moment;
    }
}
