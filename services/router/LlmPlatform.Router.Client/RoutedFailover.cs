namespace LlmPlatform.Router.Client;

/// <summary>How failed attempts of a call are followed by others, before anything was sent to the caller.</summary>
public sealed record RoutedFailover
{
    /// <summary>
    /// How often a model's deployments are tried again after each was tried once, before its fallbacks are.
    /// </summary>
    public int Retries { get; init; }

    /// <summary>The longest wait before the first repeat; doubled for each further one, and drawn by chance.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// What another attempt follows: <c>connect</c>, <c>timeout</c>, <c>protocol</c>, <c>5xx</c> and statuses. Null:
    /// all that speaks against a provider rather than the request.
    /// </summary>
    public IReadOnlyList<string>? On { get; init; }

    /// <summary>Until an answer must have begun, from the beginning of the call; null: as the edge has it.</summary>
    public TimeSpan? Deadline { get; init; }
}
