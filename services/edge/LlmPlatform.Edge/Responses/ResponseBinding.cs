namespace LlmPlatform.Edge.Responses;

/// <summary>Where a response is kept, and how much a request that continues it brings along unsaid.</summary>
/// <param name="Provider">
/// The provider's configured name; it has one credential, and the response belongs to that.
/// </param>
/// <param name="Model">The published model that served.</param>
/// <param name="Tokens">
/// Input and output of the response: a request that continues it is charged for them once more, as input. Null while
/// they are not known.
/// </param>
internal sealed record ResponseBinding(string Provider, string Model, long? Tokens)
{
    /// <summary>The model that was asked for, where another one served.</summary>
    public string? Asked { get; init; }
}
