namespace LlmPlatform.Edge.Settlement;

/// <summary>How far a reader has come in a lane.</summary>
/// <param name="Position">Everything before it has been seen.</param>
/// <param name="NextSequence">One more than the last number seen of the reader's kind; 0 for none.</param>
internal readonly record struct SpoolPosition(long Position, long NextSequence);
