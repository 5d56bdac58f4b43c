namespace LlmPlatform.Contracts.Usage;

/// <summary>The values of <see cref="UsageRecorded.Outcome"/>. A reader must accept values it does not know.</summary>
public static class UsageOutcomes
{
    /// <summary>The provider answered to its end.</summary>
    public const string Completed = "completed";

    /// <summary>
    /// The caller went away; the provider's answer was read to its end, or cut after the drain limit.
    /// </summary>
    public const string ClientDisconnected = "client_disconnected";

    /// <summary>The provider failed after it had begun to answer.</summary>
    public const string UpstreamFailed = "upstream_failed";

    /// <summary>A timeout of ours ended the attempt after the provider had begun to answer.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>
    /// Another attempt of the same request, made because this one or that one took long to begin, began before it: it
    /// was cut, and what it costs is what the hedge costs.
    /// </summary>
    public const string HedgeLost = "hedge_lost";

    /// <summary>We ended the stream, because its budget had nothing left for more of it.</summary>
    public const string BudgetEnded = "budget_ended";

    /// <summary>The edge died; what is known was recovered from its spool.</summary>
    public const string Recovered = "recovered";
}
