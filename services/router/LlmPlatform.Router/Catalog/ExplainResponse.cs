using System.Globalization;
using System.Text.Json.Serialization;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Catalog;

/// <summary>Where a call would go, first choice first, and why.</summary>
internal sealed record ExplainResponse
{
    public required string Model { get; init; }

    /// <summary>What it was planned from; an edge plans alike once it follows this version.</summary>
    [JsonPropertyName("snapshot_version")]
    public required long SnapshotVersion { get; init; }

    /// <summary>Send it again for the same weighted order.</summary>
    public required uint Seed { get; init; }

    public required IReadOnlyList<Place> Candidates { get; init; }

    public static ExplainResponse Of(RoutePlanner planner, string model, uint seed) => new()
    {
        Model = model,
        SnapshotVersion = planner.Version,
        Seed = seed,
        Candidates = [.. planner.Explain(model, seed).Select((candidate, index) => PlaceOf(candidate, index + 1))],
    };

    private static Place PlaceOf(PlannedCandidate planned, int place)
    {
        var candidate = planned.Candidate;
        return new Place
        {
            Position = place,
            Model = candidate.Model.Name,
            Provider = candidate.Provider.Name,
            ProviderModel = candidate.Deployment.Model,
            ProviderUp = candidate.Provider.Up,
            Priority = candidate.Deployment.Priority,
            Weight = candidate.Deployment.Weight,
            Fallback = planned.IsFallback,
            Reason = ReasonOf(planned),
        };
    }

    private static string ReasonOf(PlannedCandidate planned)
    {
        var candidate = planned.Candidate;
        var health = candidate.Provider.Up
            ? "its provider is up"
            : "its provider is down, so it is tried only when nothing that is up is left";
        var model = planned.IsFallback ? $"a fallback through {candidate.Model.Name}" : "the model asked for";
        var choice = planned.TierSize == 1
            ? "nothing else has this priority"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{planned.Strategy} among {planned.TierSize} of this priority, first in {planned.Share:P0} of calls");
        return string.Create(
            CultureInfo.InvariantCulture, $"{health}; {model}; priority {candidate.Deployment.Priority}; {choice}");
    }

    /// <summary>One candidate.</summary>
    internal sealed record Place
    {
        /// <summary>From 1.</summary>
        public required int Position { get; init; }

        public required string Model { get; init; }

        public required string Provider { get; init; }

        [JsonPropertyName("provider_model")]
        public required string ProviderModel { get; init; }

        [JsonPropertyName("provider_up")]
        public required bool ProviderUp { get; init; }

        public required int Priority { get; init; }

        public required int Weight { get; init; }

        public required bool Fallback { get; init; }

        public required string Reason { get; init; }
    }
}
