using System.Diagnostics.Metrics;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Routing;

/// <summary>What this edge knows of deployments: names as in the public contract.</summary>
internal sealed class DeploymentGauges
{
    public DeploymentGauges(IMeterFactory meters, SignalBook signals, TimeProvider clock)
    {
        var meter = meters.Create("LlmPlatform.Edge");
        meter.CreateObservableGauge(
            "gateway_circuit_state",
            () => signals.Published.Select(known => Measured(StateOf(known.Value, clock.RouteTicks()), known.Key)),
            description: "0 closed, 1 on trial, 2 open.");
        meter.CreateObservableGauge(
            "gateway_deployment_in_flight",
            () => signals.Published.Select(known => Measured(known.Value.InFlight, known.Key)),
            description: "Calls under way at this edge.");
    }

    private static Measurement<int> Measured(int value, (string Provider, string Model) of) => new(
        value,
        new KeyValuePair<string, object?>("provider", of.Provider),
        new KeyValuePair<string, object?>("model", of.Model));

    private static int StateOf(DeploymentSignals signals, long now) => signals.StandingAt(now) switch
    {
        DeploymentStanding.Open => 2,
        DeploymentStanding.OnTrial => 1,
        _ => 0,
    };
}
