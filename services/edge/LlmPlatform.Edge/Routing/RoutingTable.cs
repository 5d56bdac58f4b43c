using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Guardrails;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;
using Microsoft.Extensions.Primitives;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// Step 3: where a call may go. The planner is built once for each snapshot; a plan is a few look-ups in memory.
/// </summary>
internal sealed class RoutingTable
{
    private readonly SignalBook _signals;
    private readonly EdgeOptions _options;
    private readonly TimeProvider _clock;
    private volatile RoutePlanner? _planner;

    public RoutingTable(
        SnapshotFeed<RoutingSnapshot> feed, SignalBook signals, EdgeOptions options, TimeProvider clock)
    {
        (_signals, _options, _clock) = (signals, options, clock);
        feed.Changed += Use;
        if (feed.Current is { } snapshot)
        {
            Use(snapshot);
        }
    }

    /// <summary>Null until the first snapshot has been had.</summary>
    public RoutePlanner? Planner => _planner;

    public GatewayError? Plan(GatewayCall call)
    {
        if (_planner is not { } planner)
        {
            return GatewayError.NotReady();
        }

        var asked = call.Request!.Model;
        var name = planner.NameOf(asked);
        if (!call.Caller!.Models.Matches(asked) && !call.Caller.Models.Matches(name))
        {
            return GatewayError.ModelNotAllowed(asked, call.Caller.KeyName);
        }

        call.LimitedModel = planner.PublishedNameOf(name);
        if (planner.AsksForPersonalData)
        {
            call.HasPersonalData = PersonalData.IsIn(call.Body!.Span);
        }

        var request = RequestOf(call, planner, name);
        var plan = planner.Plan(in request);
        call.Candidates = plan.Candidates;
        call.PlannedModel = PlannedModelOf(planner, plan, name);
        return plan switch
        {
            { Refusal: { } refusal } => GatewayError.RouteRefused(refusal),
            { Candidates.Count: > 0 } => null,
            { Lack: not CandidateLack.None and var lack } => GatewayError.NobodyCan(asked, lack),
            { Rule: { } rule } => GatewayError.RuleLeavesNothing(asked, rule.Position),
            _ => GatewayError.ModelNotFound(asked),
        };
    }

    // A rule may put another model in the place of the one asked for, by name or by where it is served: what serves
    // then is no fallback.
    private static string PlannedModelOf(RoutePlanner planner, RoutePlan plan, string name)
    {
        var planned = planner.PublishedNameOf(plan.Rule?.UseModel is { } other ? planner.NameOf(other) : name);
        return plan is { Rule: not null, Candidates: [var first, ..] }
            && !plan.Candidates.Any(candidate => candidate.Model.Name == planned) ? first.Model.Name : planned;
    }

    private RouteRequest RequestOf(GatewayCall call, RoutePlanner planner, string name)
    {
        var needs = planner.AsksForCapabilities ? RequestNeeds.Of(call.Body!.Span) : default;
        var request = new RouteRequest
        {
            Model = name,
            Seed = RouteSeed.Of(call.RequestId),
            NowTicks = _clock.RouteTicks(),
            PromptTokens = (call.RequestBytes + _options.BytesPerInputToken - 1) / _options.BytesPerInputToken,
            OutputTokens = call.Request!.MaxOutputTokens ?? 0,
            IsStream = call.Request.Stream,
            Affinity = planner.UsesAffinity(name) ? PrefixAffinity.Of(call) : 0,
            NeedsTools = needs.Tools,
            NeedsVision = needs.Vision,
        };
        request = FillsWindow(request, planner) ? request with { WindowTokens = WindowTokens(call) } : request;
        return planner.HasRules ? WithCaller(request, call, planner) : request;
    }

    private static bool FillsWindow(in RouteRequest request, RoutePlanner planner) =>
        request.PromptTokens + request.OutputTokens > planner.LeastWindow;

    // Pictures make far fewer tokens than text of their length.
    private long WindowTokens(GatewayCall call)
    {
        var media = RequestNeeds.Of(call.Body!.Span);
        return ((call.RequestBytes - media.MediaBytes) / _options.BytesPerInputToken) + media.MediaTokens;
    }

    // What a key says of where its caller is and its data must stay, no header of a call can take back.
    private static RouteRequest WithCaller(RouteRequest request, GatewayCall call, RoutePlanner planner)
    {
        var (caller, headers) = (call.Caller!, call.Http.Request.Headers);
        return request with
        {
            Tenant = caller.Tenant,
            Tier = caller.Tier,
            Team = caller.Team,
            KeyMetadata = caller.Metadata,
            Tags = planner.AsksForTags ? TextOf(call.Tags) : null,
            LatencyClass = headers["X-Latency-Class"],
            Region = Labelled("region", headers["X-Region"]),
            Residency = Labelled("residency", headers["X-Residency"]),
            HasPersonalData = call.HasPersonalData,
        };

        string? Labelled(string label, StringValues header) =>
            caller.Metadata is { } labels && labels.TryGetValue(label, out var said) ? said : (string?)header;
    }

    private static string? TextOf(IReadOnlyList<UsageTag>? tags) =>
        tags is null ? null : string.Join(',', tags.Select(tag => $"{tag.Key}={tag.Value}"));

    private void Use(RoutingSnapshot snapshot)
    {
        _planner = new RoutePlanner(snapshot, _signals);
        _signals.KeepOnly(snapshot);
    }
}
