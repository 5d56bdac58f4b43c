using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>The form an answer must have.</summary>
/// <param name="Schema">The JSON schema it must follow; null for any JSON object.</param>
internal sealed record OutputFormat(JsonElement? Schema)
{
    /// <summary>The schema's name, where the caller gave one.</summary>
    public string? Name { get; init; }

    /// <summary>What the schema is for.</summary>
    public string? Description { get; init; }

    /// <summary>True when the schema must be followed exactly; null when the caller did not say.</summary>
    public bool? Strict { get; init; }
}
