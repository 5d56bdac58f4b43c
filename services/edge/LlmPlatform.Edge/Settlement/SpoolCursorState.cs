namespace LlmPlatform.Edge.Settlement;

/// <summary>What a cursor file says.</summary>
/// <param name="Position">Everything before it has been taken.</param>
/// <param name="Epoch">The epoch of the last numbered record taken; 0 for none.</param>
/// <param name="NextUsageSequence">One more than the last usage taken in that epoch; 0 for none.</param>
/// <param name="NextCompletionSequence">One more than the last completion taken in that epoch; 0 for none.</param>
internal sealed record SpoolCursorState(
    long Position, long Epoch = 0, long NextUsageSequence = 0, long NextCompletionSequence = 0);
