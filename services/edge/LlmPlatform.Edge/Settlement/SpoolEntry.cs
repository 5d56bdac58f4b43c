namespace LlmPlatform.Edge.Settlement;

/// <summary>A numbered record as a consumer reads it.</summary>
/// <param name="Edge">Whose sequence it has.</param>
/// <param name="Sequence">From 1, contiguous within an epoch.</param>
/// <param name="Payload">JSON; valid until the next record is read.</param>
internal readonly record struct SpoolEntry(SpoolIdentity Edge, long Sequence, ReadOnlyMemory<byte> Payload);
