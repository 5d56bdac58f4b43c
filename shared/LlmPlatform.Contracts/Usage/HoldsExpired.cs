namespace LlmPlatform.Contracts.Usage;

/// <summary>
/// Requests whose edge stopped renewing what they hold: where no usage of them ever comes, a provider may have been
/// paid for something that nobody is billed for.
/// </summary>
public sealed record HoldsExpired
{
    /// <summary>When they were freed.</summary>
    public required DateTimeOffset ExpiredAt { get; init; }

    /// <summary>Which.</summary>
    public required IReadOnlyList<ExpiredHold> Holds { get; init; }

    /// <summary>One of them.</summary>
    public sealed record ExpiredHold
    {
        /// <summary>The request.</summary>
        public required Guid RequestId { get; init; }

        /// <summary>What it still held, nano-USD.</summary>
        public required long FreedNanoUsd { get; init; }
    }
}
