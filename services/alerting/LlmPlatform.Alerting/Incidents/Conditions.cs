namespace LlmPlatform.Alerting.Incidents;

/// <summary>The conditions that have words of their own.</summary>
internal static class Conditions
{
    public const string ProviderDown = "provider.down";

    public const string FallbackRate = "fallback.rate";

    public const string SpoolAge = "spool.age";

    public const string ErrorQueue = "queue.error";

    public const string Unpriced = "usage.unpriced";

    public const string ChannelDisabled = "channel.disabled";

    public const string BusAway = "bus.away";
}
