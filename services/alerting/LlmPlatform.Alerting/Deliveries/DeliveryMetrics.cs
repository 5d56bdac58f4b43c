using System.Diagnostics.Metrics;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary><c>alert_deliveries_total{channel,outcome}</c>: attempts, by how they ended.</summary>
internal sealed class DeliveryMetrics
{
    public const string MeterName = "LlmPlatform.Alerting";

    private readonly Counter<long> _deliveries;

    public DeliveryMetrics(IMeterFactory meters) =>
        _deliveries = meters.Create(MeterName).CreateCounter<long>(
            "alert_deliveries_total",
            description: "Attempts to deliver an alert: delivered, retry, dead, channel_missing or channel_disabled.");

    public void Count(string channel, string outcome) => _deliveries.Add(
        1,
        new KeyValuePair<string, object?>("channel", channel),
        new KeyValuePair<string, object?>("outcome", outcome));
}
