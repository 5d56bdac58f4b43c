namespace LlmPlatform.Edge.Translation;

/// <summary>Which tools an answer must or must not call.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Name">The tool, for <see cref="ToolChoiceKind.Named"/> only.</param>
internal sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceKind.Auto);

    /// <summary>None may be called.</summary>
    public static ToolChoice None { get; } = new(ToolChoiceKind.None);

    /// <summary>At least one must be called.</summary>
    public static ToolChoice Required { get; } = new(ToolChoiceKind.Required);
}

/// <summary>The rules there are.</summary>
internal enum ToolChoiceKind
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>None may be called.</summary>
    None,

    /// <summary>At least one must be called.</summary>
    Required,

    /// <summary>This one must be called.</summary>
    Named,
}
