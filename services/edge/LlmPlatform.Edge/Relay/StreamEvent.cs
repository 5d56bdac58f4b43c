namespace LlmPlatform.Edge.Relay;

/// <summary>One event of a provider's stream. Good until the next one is read.</summary>
internal readonly ref struct StreamEvent(
    ReadOnlySpan<byte> whole, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
{
    /// <summary>Its bytes as they came, with its end.</summary>
    public ReadOnlySpan<byte> Whole { get; } = whole;

    /// <summary>Its name; empty when it has none.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>
    /// What it says, usually JSON; empty when it says nothing, such as a comment. Overlaps <see cref="Whole"/> unless
    /// it had several lines.
    /// </summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;
}
