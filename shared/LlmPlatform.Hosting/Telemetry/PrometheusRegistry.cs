using System.Buffers;
using System.Diagnostics.Metrics;
using System.Numerics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// Keeps the running totals of every instrument of the platform's meters (<c>LlmPlatform.*</c>, and a few of the
/// runtime) and writes them when Prometheus asks. It listens from before the first hosted service starts until the
/// host is gone.
/// </summary>
internal sealed partial class PrometheusRegistry : IHostedLifecycleService, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _growth = new();
    private readonly Lock _scrape = new();
    private readonly IMeterFactory _meterFactory;
    private readonly ILogger<PrometheusRegistry> _logger;
    private readonly int _maxSeries;

    public PrometheusRegistry(
        IMeterFactory meterFactory, IOptions<TelemetryOptions> options, ILogger<PrometheusRegistry> logger)
    {
        _meterFactory = meterFactory;
        _logger = logger;
        _maxSeries = options.Value.MaxSeriesPerInstrument;

        _listener.InstrumentPublished = (instrument, _) => Subscribe(instrument);
        _listener.SetMeasurementEventCallback<long>(RecordWhole);
        _listener.SetMeasurementEventCallback<int>(RecordWhole);
        _listener.SetMeasurementEventCallback<short>(RecordWhole);
        _listener.SetMeasurementEventCallback<byte>(RecordWhole);
        _listener.SetMeasurementEventCallback<double>(RecordReal);
        _listener.SetMeasurementEventCallback<float>(RecordReal);
        _listener.SetMeasurementEventCallback<decimal>(RecordReal);
    }

    /// <summary>
    /// Starts listening before any hosted service starts, so that none of their measurements is missed.
    /// </summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>Asks the observable instruments, then writes every family, sorted by name.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        // One scrape at a time: an observed family holds the answers of one round.
        lock (_scrape)
        {
            var families = Snapshot();
            foreach (var family in families)
            {
                family.BeginScrape();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException exception)
            {
                // The listener has asked all others before it threw: one broken gauge must not blind the operator.
                LogObservationFailed(exception);
            }

            var text = new PrometheusText(output);
            foreach (var family in families)
            {
                family.Write(text);
            }
        }
    }

    private static void RecordWhole<T>(
        Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family)
        where T : struct, IBinaryInteger<T> =>
        ((MetricFamily)family!).Record(long.CreateTruncating(value), tags);

    private static void RecordReal<T>(
        Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family)
        where T : struct, IFloatingPoint<T> =>
        ((MetricFamily)family!).Record(double.CreateTruncating(value), tags);

    private void Subscribe(Instrument instrument)
    {
        if (Describe(instrument) is not { } description)
        {
            return;
        }

        MetricFamily? family;
        lock (_growth)
        {
            if (!_families.TryGetValue(description.Name, out family))
            {
                family = description.Kind == MetricKind.Histogram
                    ? new HistogramFamily(description, HistogramBuckets.Of(instrument), _maxSeries)
                    : new NumberFamily(description, _maxSeries);
                _families.Add(description.Name, family);
            }
        }

        if (family.Description.SharesSeriesWith(description))
        {
            _listener.EnableMeasurementEvents(instrument, family);
        }
        else
        {
            LogNameTaken(description.Name, instrument.Meter.Name);
        }
    }

    private MetricDescription? Describe(Instrument instrument)
    {
        var meter = instrument.Meter.Name;
        var ours = meter.StartsWith("LlmPlatform.", StringComparison.Ordinal);
        if ((!ours && meter != RuntimeMetrics.MeterName) || !MeterScope.Belongs(instrument, _meterFactory))
        {
            return null;
        }

        var description = MetricDescription.Of(instrument);
        return ours || description is null ? description : RuntimeMetrics.Rename(instrument.Name, description);
    }

    private MetricFamily[] Snapshot()
    {
        lock (_growth)
        {
            return [.. _families.Values];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "The metric {Name} exists with another type; the instrument of that name in meter {Meter} is not exposed.")]
    private partial void LogNameTaken(string name, string meter);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "An observable instrument failed; its metric is missing from this scrape.")]
    private partial void LogObservationFailed(Exception exception);
}
