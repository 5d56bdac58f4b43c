using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Messaging.Tests;

public sealed class OutboxTelemetryTests : IDisposable
{
    private readonly ConcurrentDictionary<(string Instrument, string Schema), long> _measured = new();
    private readonly MeterListener _listener = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Contexts_of_one_process_do_not_see_each_others_rows()
    {
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateServersAsync());
        Listen(host);

        await host.PublishLaterAsync<FirstDbContext>(1, 2, 3);
        await host.PublishLaterAsync<SecondDbContext>(4, 5);
        await host.Received.AtLeastAsync(5);

        await TestKit.Eventually.UntilAsync(
            () => Measured("outbox_sent_total", "first") == 3 && Measured("outbox_sent_total", "second") == 2,
            TimeSpan.FromSeconds(60), "each dispatcher sent the rows of its own schema", Token);
    }

    [Fact]
    public async Task Gauges_tell_of_each_schema_what_waits_and_what_is_parked()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateServersAsync(), options => options.MeasureInterval = TimeSpan.FromSeconds(1));
        Listen(host);
        await host.InScopeAsync(provider => provider.GetRequiredService<FirstDbContext>().Database.ExecuteSqlAsync(
            $"""
            INSERT INTO first.outbox_message
            (message_id, message_type, body, created_at, attempts, not_before, parked_reason) VALUES
            (gen_random_uuid(), 'Later', '1', now(), 1, now() + interval '1 hour', NULL),
            (gen_random_uuid(), 'Later', '1', now(), 1, now() + interval '1 hour', NULL),
            (gen_random_uuid(), 'Never', '1', now(), 1, NULL, 'unknown')
            """,
            Token));

        await TestKit.Eventually.UntilAsync(
            () =>
            {
                _listener.RecordObservableInstruments();
                return Measured("outbox_pending", "first") == 2 && Measured("outbox_parked", "first") == 1
                    && Measured("outbox_pending", "second") == 0 && Measured("outbox_parked", "second") == 0;
            },
            TimeSpan.FromSeconds(60), "the gauges tell what is in the tables", Token);
    }

    private long? Measured(string instrument, string schema) =>
        _measured.TryGetValue((instrument, schema), out var value) ? value : null;

    private void Listen(MessagingHost host)
    {
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MessagingTelemetry.Name && instrument.Meter.Scope == meters)
                self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.AddOrUpdate(
            (instrument.Name, (string)tags[0].Value!),
            value,
            (_, before) => instrument is Counter<long> ? before + value : value));
        _listener.Start();
    }
}
