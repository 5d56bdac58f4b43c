using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Money;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge;

/// <summary>What dashboards and alerts may rely on: names as in the public contract.</summary>
internal sealed class GatewayMetrics
{
    private static readonly double[] Seconds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    private static readonly double[] OverheadSeconds =
        [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1];

    private static readonly ConcurrentDictionary<int, object> Statuses = new();

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _overhead;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _upstream;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _unchecked;
    private readonly UpDownCounter<long> _open;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("LlmPlatform.Edge");
        _requests = meter.CreateCounter<long>("gateway_requests_total", null, "Requests, refusals included.");
        _duration = Histogram(meter, "gateway_request_duration_seconds", "First byte in to last byte out.", Seconds);
        _errors = meter.CreateCounter<long>("gateway_errors_total", null, "Refusals and failures by code.");
        _firstToken = Histogram(meter, "gateway_time_to_first_token_seconds", "Until the first content left.", Seconds);
        _overhead = Histogram(
            meter, "gateway_overhead_seconds", "Time not spent waiting for a provider.", OverheadSeconds);
        _tokens = meter.CreateCounter<long>("gateway_tokens_total", null, "Tokens by kind.");
        _cost = meter.CreateCounter<double>(
            "gateway_cost_usd_total", null, "Cost by the edge's price book; not for bills.");
        _upstream = meter.CreateCounter<long>("gateway_upstream_requests_total", null, "Attempts by outcome.");
        _fallbacks = meter.CreateCounter<long>("gateway_fallbacks_total", null, "Calls another candidate served.");
        _rateLimited = meter.CreateCounter<long>("gateway_rate_limited_total", null, "Calls a limit refused.");
        _unchecked = meter.CreateCounter<long>(
            "gateway_unchecked_calls_total", null, "Calls decided on without Redis, by mode.");
        _open = meter.CreateUpDownCounter<long>("gateway_open_requests", null, "Requests under way.");
    }

    public void Begin(GatewayCall call) => _open.Add(1, new KeyValuePair<string, object?>("route", call.Api.Route));

    public void Complete(GatewayCall call, TimeSpan duration)
    {
        _open.Add(-1, new KeyValuePair<string, object?>("route", call.Api.Route));
        var route = new KeyValuePair<string, object?>("route", call.Api.Route);
        var method = new KeyValuePair<string, object?>("method", call.Http.Request.Method);
        _requests.Add(1, route, method, new("status", Boxed(call.Http.Response.StatusCode)));
        _duration.Record(duration.TotalSeconds, route, method);
        if (call.ErrorCode is { } code)
        {
            _errors.Add(1, route, new("type", code));
            if (call.Refusal is { Scope: { } scope, LimitKind: { } kind })
            {
                _rateLimited.Add(1, new("scope", scope), new("kind", kind));
            }
        }

        if (call is { TimeToFirstToken: { } first, Served: { } served })
        {
            _firstToken.Record(
                first.TotalSeconds, new("model", served.Model.Name), new("provider", served.Provider.Name));
        }

        if (call.Overhead is { } overhead)
        {
            _overhead.Record(Math.Max(0, overhead.TotalSeconds));
        }
    }

    public void Consumed(string tenantName, RouteCandidate candidate, TokenUsage tokens, long costNanoUsd)
    {
        KeyValuePair<string, object?> tenant = new("tenant", tenantName);
        KeyValuePair<string, object?> model = new("model", candidate.Model.Name);
        KeyValuePair<string, object?> provider = new("provider", candidate.Provider.Name);
        _tokens.Add(tokens.TotalInput, tenant, model, provider, new("kind", "input"));
        _tokens.Add(tokens.TotalOutput, tenant, model, provider, new("kind", "output"));

        // The only floating-point money in the house: a metric is a curve, not an account.
        _cost.Add((double)NanoUsd.ToUsd(costNanoUsd), tenant, model, provider);
    }

    public void Tried(RouteCandidate candidate, string outcome) =>
        _upstream.Add(
            1, new("provider", candidate.Provider.Name), new("model", candidate.Model.Name), new("outcome", outcome));

    public void FellBack(RouteCandidate from, RouteCandidate to, string reason) =>
        _fallbacks.Add(1, new("from", from.Provider.Name), new("to", to.Provider.Name), new("reason", reason));

    public void Unchecked(RedisAwayMode mode, bool goesOn) =>
        _unchecked.Add(1, new("mode", mode.ToString()), new("outcome", goesOn ? "admitted" : "refused"));

    // A tag is an object: one for each status, not one for each call.
    private static object Boxed(int status) => Statuses.GetOrAdd(status, static status => status);

    private static Histogram<double> Histogram(Meter meter, string name, string description, double[] bounds) =>
        meter.CreateHistogram(
            name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
