using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>What the outbox of one context tells of itself, tagged with the context's schema.</summary>
internal sealed class OutboxTelemetry<TContext>
    where TContext : DbContext
{
    private readonly Counter<long> _sent;
    private readonly Counter<long> _failed;
    private string? _schema;
    private long _waiting;
    private long _parked;

    public OutboxTelemetry(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it with the container.
        var meter = meters.Create(MessagingTelemetry.Name);
        _sent = meter.CreateCounter<long>("outbox_sent_total", description: "Messages the broker confirmed.");
        _failed = meter.CreateCounter<long>("outbox_failed_total", description: "Attempts that were not confirmed.");
        meter.CreateObservableGauge(
            "outbox_pending", () => Measure(ref _waiting), description: "Messages waiting to be sent.");
        meter.CreateObservableGauge(
            "outbox_parked", () => Measure(ref _parked), description: "Messages that can never be sent as they are.");
    }

    public void Sent(string schema, int count) => _sent.Add(count, Tag(schema));

    public void Failed(string schema, int count) => _failed.Add(count, Tag(schema));

    public void Counted(string schema, long waiting, long parked)
    {
        Volatile.Write(ref _waiting, waiting);
        Volatile.Write(ref _parked, parked);
        Volatile.Write(ref _schema, schema);
    }

    // Nothing is reported before the first count: a zero would claim what nobody looked at.
    private IEnumerable<Measurement<long>> Measure(ref long value) =>
        Volatile.Read(ref _schema) is { } schema ? [new Measurement<long>(Volatile.Read(ref value), Tag(schema))] : [];

    private static KeyValuePair<string, object?> Tag(string schema) => new("schema", schema);
}
