using LlmPlatform.Scenarios.Platform;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>What every service said when it derived its books again from the usage rows.</summary>
/// <param name="Billing">Rows, ledger and rollups.</param>
/// <param name="Metering">Counters, and the crossings that alerts are of.</param>
/// <param name="Alerting">The alerts that stand.</param>
internal sealed record RebuiltBooks(string Billing, string Metering, string Alerting)
{
    /// <summary>Has them all rebuild.</summary>
    public static async Task<RebuiltBooks> OfAsync(PlatformUnderTest platform)
    {
        var said = await platform.RebuildAsync();
        return new RebuiltBooks(said["billing"], said["metering"], said["alerting"]);
    }

    /// <summary>Every book that was not what its source says, in words.</summary>
    public IEnumerable<string> Differences()
    {
        if (!Billing.Contains(" 0 charges posted that were missing;", StringComparison.Ordinal))
            yield return $"billing: {Billing}";
        if (!Metering.Contains(" 0 differed;", StringComparison.Ordinal)
            || !Metering.Contains(" 0 were not announced;", StringComparison.Ordinal))
            yield return $"metering: {Metering}";
        if (AlertsHashOf(Metering) != AlertsHashOf(Alerting))
            yield return $"alerts differ from what usage crossed: {Metering}; {Alerting}";
    }

    public override string ToString() => $"billing: {Billing}; metering: {Metering}; alerting: {Alerting}";

    private static string AlertsHashOf(string said) => said[said.LastIndexOf("alerts ", StringComparison.Ordinal)..];
}
