using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Admin;

/// <summary>Part of a list of the admin API.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">In the list's own order.</param>
/// <param name="NextCursor">Send it as <c>cursor</c> to go on; null when nothing follows.</param>
public sealed record Page<T>(
    [property: JsonPropertyName("items")] IReadOnlyList<T> Items,
    [property: JsonPropertyName("next_cursor")] string? NextCursor);
