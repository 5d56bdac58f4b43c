namespace LlmPlatform.Contracts.Usage;

/// <summary>
/// The values of <see cref="UsageRecorded.UsageSource"/>. A reader must accept values it does not know.
/// </summary>
public static class UsageSources
{
    /// <summary>The provider reported the quantities.</summary>
    public const string Provider = "provider";

    /// <summary>The provider's own figures contradict each other; priced conservatively.</summary>
    public const string ProviderInconsistent = "provider_inconsistent";

    /// <summary>The provider reported nothing; the edge counted what passed.</summary>
    public const string GatewayCounted = "gateway_counted";

    /// <summary>Recovered from the intent of a call that was open when its edge died.</summary>
    public const string RecoveredEstimate = "recovered_estimate";
}
