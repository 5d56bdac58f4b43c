namespace LlmPlatform.Quota;

/// <summary>What came of asking for admission once.</summary>
/// <param name="Decision">What was decided; null: no answer came in time.</param>
/// <param name="OutcomeUnknown">
/// Whether Redis may have admitted the request, or may still, although nobody has heard of it.
/// </param>
public readonly record struct ReserveAnswer(AdmissionDecision? Decision, bool OutcomeUnknown)
{
    internal static ReserveAnswer NotAsked => default;
}
