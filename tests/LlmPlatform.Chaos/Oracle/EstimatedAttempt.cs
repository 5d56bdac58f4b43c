using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Chaos.Oracle;

/// <summary>A row that is an estimate, and what the provider says of the same call.</summary>
/// <param name="Row">As it is billed.</param>
/// <param name="Witness">
/// The provider's line; null when the edge died between its note that it was about to call and the call.
/// </param>
internal sealed record EstimatedAttempt(BilledAttempt Row, ProviderAttempt? Witness)
{
    /// <summary>Tokens billed beyond what the provider charges for; negative: too few.</summary>
    public long ErrorTokens => Row.Input + Row.Output - Charged;

    /// <summary>What the provider charges for.</summary>
    public long Charged => Witness is null or { Outcome: AttemptOutcome.Refused }
        ? 0
        : Witness.Billed.Prompt + Witness.Billed.Completion;
}
