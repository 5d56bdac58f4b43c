using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>A function the model may call.</summary>
/// <param name="Name">Its name.</param>
internal sealed record ToolDefinition(string Name)
{
    /// <summary>When to call it.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of its arguments; null for a tool that takes none.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>True when the arguments must follow the schema exactly; null when the caller did not say.</summary>
    public bool? Strict { get; init; }

    /// <summary>Set where the caller marks the end of a prefix that the provider should keep cached.</summary>
    public CacheMark? Cache { get; init; }
}
