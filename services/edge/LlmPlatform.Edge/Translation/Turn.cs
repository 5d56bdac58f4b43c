namespace LlmPlatform.Edge.Translation;

/// <summary>What one side said.</summary>
/// <param name="Role">Who.</param>
/// <param name="Parts">What, in order. A turn of <see cref="TurnRole.Tool"/> holds tool results only.</param>
internal sealed record Turn(TurnRole Role, IReadOnlyList<ContentPart> Parts)
{
    /// <summary>The speaker's name, where a caller tells several users apart.</summary>
    public string? Name { get; init; }
}

/// <summary>Who speaks.</summary>
internal enum TurnRole
{
    /// <summary>The caller's side.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>The caller's tools: what the model asked them for.</summary>
    Tool,
}
