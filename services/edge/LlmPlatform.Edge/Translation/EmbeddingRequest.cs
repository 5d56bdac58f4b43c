namespace LlmPlatform.Edge.Translation;

/// <summary>A request for embeddings in the one shape all protocols translate to and from.</summary>
internal sealed record EmbeddingRequest
{
    /// <summary>The texts, in order.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The length of each vector; null for the model's own.</summary>
    public int? Dimensions { get; init; }

    /// <summary>True when the caller wants each vector as base64 of little-endian 32-bit floats.</summary>
    public bool AsBase64 { get; init; }

    /// <summary>The caller's own name for its end user.</summary>
    public string? User { get; init; }
}
