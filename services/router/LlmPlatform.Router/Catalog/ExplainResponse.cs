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

    /// <summary>
    /// The version of the snapshot that the edge plans from whose signals were taken; null where none answered, and all
    /// deployments are taken to be well and idle.
    /// </summary>
    [JsonPropertyName("edge_snapshot_version")]
    public long? EdgeSnapshotVersion { get; init; }

    public required IReadOnlyList<Place> Candidates { get; init; }

    /// <summary>Those that cannot do what the call needs.</summary>
    public required IReadOnlyList<Place> Skipped { get; init; }

    public static ExplainResponse Of(
        RoutePlanner planner,
        in RouteRequest request,
        RoutePlan plan,
        IReadOnlyList<PlannedCandidate> candidates,
        SignalReading? known)
    {
        var (now, isStream) = (request.NowTicks, request.IsStream);
        return new ExplainResponse
        {
            Model = request.Model,
            SnapshotVersion = planner.Version,
            Seed = request.Seed,
            Rule = plan.Rule?.Position,
            Refused = plan.Refusal
                ?? (plan.Lack == CandidateLack.None ? null : $"No deployment can: {WordsOf(plan.Lack)}."),
            EdgeSnapshotVersion = known?.SnapshotVersion,
            Candidates =
            [
                .. candidates.Where(planned => planned.Lack == CandidateLack.None)
                    .Select((planned, index) => PlaceOf(planned, index + 1, now, isStream)),
            ],
            Skipped =
            [
                .. candidates.Where(planned => planned.Lack != CandidateLack.None)
                    .Select(planned => PlaceOf(planned, place: 0, now, isStream)),
            ],
        };
    }

    private static Place PlaceOf(PlannedCandidate planned, int place, long now, bool isStream)
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
            Standing = planned.Standing switch
            {
                DeploymentStanding.Open => "open",
                DeploymentStanding.OnTrial => "on_trial",
                DeploymentStanding.Cooling => "cooling",
                _ => "ready",
            },
            InFlight = candidate.Signals.InFlight,
            ExpectedSeconds = Math.Round(candidate.Signals.ExpectedSeconds(now, isStream), 3),
            Reason = planned.Lack == CandidateLack.None ? ReasonOf(planned) : WordsOf(planned.Lack),
        };
    }

    private static string WordsOf(CandidateLack lack) => lack switch
    {
        CandidateLack.Tools => "it takes no tools, and the call brings some",
        CandidateLack.Vision => "it sees no pictures, and the call brings some",
        CandidateLack.MaxOutput => "it makes no answer as long as the call asks for",
        _ => "the prompt is longer than its context window, by estimate",
    };

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
        var standing = planned.Standing switch
        {
            DeploymentStanding.Open => "it failed too often in a row and is left alone; ",
            DeploymentStanding.OnTrial => "one call tries whether it is back; ",
            DeploymentStanding.Cooling => "it asked to be left alone, or is near a limit; ",
            _ => "",
        };
        var choice = planned.TierSize == 1
            ? planned.Measure
            : $"{planned.Strategy} among {planned.TierSize} of this priority, {planned.Measure}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{standing}{health}; {model}; priority {candidate.Deployment.Priority}; {choice}");
    }

    /// <summary>One candidate.</summary>
    internal sealed record Place
    {
        /// <summary>From 1; 0 for one that is skipped.</summary>
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

        /// <summary>Whether the edge may call it now: ready, on_trial, cooling or open.</summary>
        public required string Standing { get; init; }

        /// <summary>Calls of the edge that are under way there.</summary>
        [JsonPropertyName("in_flight")]
        public required int InFlight { get; init; }

        /// <summary>What the edge expects its first byte to take; 0 where it knows nothing of it.</summary>
        [JsonPropertyName("expected_seconds")]
        public required double ExpectedSeconds { get; init; }

        public required string Reason { get; init; }
    }
}
