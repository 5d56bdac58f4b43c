namespace LlmPlatform.Contracts.Usage;

/// <summary>A label of a call, for reports; never personal data.</summary>
public sealed record UsageTag
{
    /// <summary>For example <c>env</c>.</summary>
    public required string Key { get; init; }

    /// <summary>For example <c>production</c>.</summary>
    public required string Value { get; init; }
}
