using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge;

/// <summary>An attempt whose intent stands in the spool: it must end as a usage record or be voided.</summary>
/// <param name="requestId">The call's.</param>
/// <param name="number">From 1.</param>
/// <param name="candidate">Where it goes.</param>
/// <param name="sku">The price book's key of it.</param>
/// <param name="price">The price pinned for it; null when none is known.</param>
internal sealed class OpenAttempt(Guid requestId, int number, RouteCandidate candidate, string sku, Price? price)
{
    private long _outputTokens;

    public int Number { get; } = number;

    public RouteCandidate Candidate { get; } = candidate;

    public string Sku { get; } = sku;

    public Price? Price { get; } = price;

    /// <summary>Names it in all that is written of it.</summary>
    public Guid EventId { get; } = EventIdentity.Usage(requestId, number, 0);

    /// <summary>Where the deployment is; null when nobody says.</summary>
    public string? Region => Candidate.Provider.Region ?? Candidate.Provider.Location;

    /// <summary>Output tokens that passed so far, estimated; read by the loop that writes progress.</summary>
    public long OutputTokensSoFar
    {
        get => Volatile.Read(ref _outputTokens);
        set => Volatile.Write(ref _outputTokens, value);
    }
}
