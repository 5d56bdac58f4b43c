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

    /// <summary>Send it again for the same order.</summary>
    public required uint Seed { get; init; }

    /// <summary>The place of the rule that decided, from 1; null when none matched.</summary>
    public int? Rule { get; init; }

    /// <summary>What the caller is told, when the rule refuses the call.</summary>
    public string? Refused { get; init; }

    public required IReadOnlyList<Place> Candidates { get; init; }

    public static ExplainResponse Of(
        RoutePlanner planner, in RouteRequest request, RoutePlan plan, IReadOnlyList<PlannedCandidate> candidates) =>
        new()
        {
            Model = request.Model,
            SnapshotVersion = planner.Version,
            Seed = request.Seed,
            Rule = plan.Rule?.Position,
            Refused = plan.Refusal,
            Candidates = [.. candidates.Select((candidate, index) => PlaceOf(candidate, index + 1))],
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
            OnlyFor = candidate.Kind switch
            {
                FallbackKind.ContextWindow => "context_window",
                FallbackKind.ContentPolicy => "content_policy",
                _ => null,
            },
            Reason = ReasonOf(planned),
        };
    }

    private static string ReasonOf(PlannedCandidate planned)
    {
        var candidate = planned.Candidate;
        var health = candidate switch
        {
            { Provider.Up: false } => "its provider is down, so it is tried only when nothing that is up is left",
            { Deployment.Demoted: true } => "it is too slow or fails too often, so it is tried after all others",
            _ => "its provider is up",
        };
        var model = (planned.IsFallback, candidate.Kind) switch
        {
            (_, FallbackKind.ContextWindow) => $"{candidate.Model.Name} is tried only for a prompt that is too long",
            (_, FallbackKind.ContentPolicy) => $"{candidate.Model.Name} is tried only where policy forbids the call",
            (true, _) => $"a fallback through {candidate.Model.Name}",
            _ => "the model asked for",
        };
        var choice = planned.TierSize == 1
            ? planned.Measure
            : $"{planned.Strategy} among {planned.TierSize} of this priority, {planned.Measure}";
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

        /// <summary>The one fault after which it is tried; null: any.</summary>
        [JsonPropertyName("only_for")]
        public string? OnlyFor { get; init; }

        public required string Reason { get; init; }
    }
}
