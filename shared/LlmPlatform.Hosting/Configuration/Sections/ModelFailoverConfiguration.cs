namespace LlmPlatform.Hosting.Configuration;

/// <summary>How failed attempts of a model are followed by others, before anything was sent to the caller.</summary>
public sealed record ModelFailoverConfiguration
{
    /// <summary>
    /// How often its deployments are tried again, after each was tried once and before its fallbacks are, 0 to 5.
    /// Default 1.
    /// </summary>
    public int Retries { get; init; } = 1;

    /// <summary>
    /// The longest wait before the first repeat, 1 ms to 10 s; twice as long for each further one. How much of it is
    /// waited is drawn by chance. Default 100 ms.
    /// </summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// What is followed by another attempt: <c>connect</c>, <c>timeout</c>, <c>protocol</c>, <c>5xx</c>, and statuses
    /// from 400 to 599. Null: all that speaks against a provider rather than a request.
    /// </summary>
    public IReadOnlyList<string>? On { get; init; }

    /// <summary>
    /// Until an answer must have begun, from the beginning of the call, 100 ms to 1 h; null: as the edge has it.
    /// </summary>
    public TimeSpan? Deadline { get; init; }
}
