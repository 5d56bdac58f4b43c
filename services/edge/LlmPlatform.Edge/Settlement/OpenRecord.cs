namespace LlmPlatform.Edge.Settlement;

/// <summary>Where the intent or the usage of one attempt is written.</summary>
/// <param name="EventId">The attempt's event.</param>
/// <param name="IsIntent">False once its usage is known.</param>
/// <param name="Position">Where the record is.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="OutputTokens">Of an intent: what had streamed when it was last noted.</param>
/// <param name="ProgressAt">Of an intent: when that was, in Unix milliseconds; 0 for never.</param>
internal readonly record struct OpenRecord(
    Guid EventId, bool IsIntent, long Position, int Length, long OutputTokens, long ProgressAt);
