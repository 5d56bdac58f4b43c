using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>
/// A provider's bytes may be anything: half a surrogate pair, a number where a text belongs. What the JSON reader then
/// throws is the provider's fault and not ours, and ends the answer as one that breaks its protocol.
/// </summary>
internal static class UnreadableAnswer
{
    /// <summary>Whether a fault of a reader tells of bytes that are not what their protocol says.</summary>
    public static bool Is(Exception fault) =>
        fault is JsonException or InvalidOperationException or FormatException or KeyNotFoundException;

    /// <summary>The fault as relays know it; the bytes are not in it.</summary>
    public static InvalidDataException Of(Exception fault) =>
        new($"The provider's answer cannot be read ({fault.GetType().Name}).");
}
