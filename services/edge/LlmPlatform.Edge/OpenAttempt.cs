using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge;

/// <summary>An attempt whose intent stands in the spool: it must end as a usage record or be voided.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Candidate">Where it goes.</param>
/// <param name="Price">The price pinned for it; null when none is known.</param>
/// <param name="Intent">The record that would be billed if the edge died now.</param>
internal sealed record OpenAttempt(int Number, RouteCandidate Candidate, Price? Price, UsageRecorded Intent)
{
    private long _outputTokens;

    /// <summary>Output tokens that passed so far, estimated; read by the loop that writes progress.</summary>
    public long OutputTokensSoFar
    {
        get => Volatile.Read(ref _outputTokens);
        set => Volatile.Write(ref _outputTokens, value);
    }
}
