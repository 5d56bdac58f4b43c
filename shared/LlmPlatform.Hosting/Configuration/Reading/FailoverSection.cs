using System.Globalization;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>What stands under <c>failover</c> in a model.</summary>
internal static class FailoverSection
{
    private static readonly string[] Words = ["connect", "timeout", "protocol", "5xx"];

    public static ModelFailoverConfiguration Read(SectionReader failover)
    {
        var defaults = new ModelFailoverConfiguration();
        return new ModelFailoverConfiguration
        {
            Retries = failover.Integer("retries", defaults.Retries, 0, 5),
            Backoff = failover.Duration(
                "backoff", defaults.Backoff, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)),
            On = ReadOn(failover),
            Deadline = failover.OptionalDuration(
                "deadline", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        };
    }

    private static IReadOnlyList<string>? ReadOn(SectionReader failover)
    {
        if (!failover.Has("on"))
            return null;
        var causes = failover.TextList("on");
        foreach (var cause in causes.Where(cause => !Words.Contains(cause) && !IsStatus(cause)))
            failover.Fault(
                "on", $"\"{cause}\" is no cause; write {string.Join(", ", Words)}, or a status from 400 to 599.");
        return causes;
    }

    private static bool IsStatus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && status is >= 400 and <= 599;
}
