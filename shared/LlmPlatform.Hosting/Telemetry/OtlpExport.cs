using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// Sends spans and metrics to an OTLP collector for as long as the host runs. It exists only where the environment
/// names an endpoint: without one nobody listens to the activity sources, so no span is ever made.
/// </summary>
internal sealed class OtlpExport(OtlpTarget target, IMeterFactory meterFactory, IOptions<TelemetryOptions> options)
    : IHostedLifecycleService, IDisposable
{
    private static readonly string[] _sources =
        ["Microsoft.AspNetCore", "System.Net.Http", "MassTransit", "Npgsql", "LlmPlatform.*"];

    private static readonly string[] _meters =
    [
        "LlmPlatform.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime",
        "MassTransit", "Npgsql",
    ];

    // One for both signals, so that a backend joins them; new at every start, as a restarted counter is a new instance.
    private readonly string _instanceId = RandomNumberGenerator.GetHexString(32, lowercase: true);

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    /// <summary>Starts before every other hosted service, so that their first spans are not missed.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (target.Traces is { } traces)
        {
            // The sampler is the SDK's own reading of OTEL_TRACES_SAMPLER: parent based, all, unless it names a ratio.
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(UseEnvironment)
                .ConfigureResource(Describe)
                .AddSource(_sources)
                .AddOtlpExporter(traces.ApplyTo)
                .Build();
        }

        if (target.Metrics is { } metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(UseEnvironment)
                .ConfigureResource(Describe)
                .AddMeter(_meters)
                .AddView(instrument =>
                    MeterScope.Belongs(instrument, meterFactory) ? null : MetricStreamConfiguration.Drop)
                .AddOtlpExporter(metrics.ApplyTo)
                .Build();
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Flushes after every other hosted service has stopped; the SDK's calls block, so they get threads of their own.
    /// </summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var limit = (int)options.Value.FlushTimeout.TotalMilliseconds;
        await Task.WhenAll(
            Task.Run(() => _traces?.Shutdown(limit), CancellationToken.None),
            Task.Run(() => _metrics?.Shutdown(limit), CancellationToken.None)).WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private void UseEnvironment(IServiceCollection services) =>
        services.AddSingleton<IConfiguration>(target.Environment);

    // The environment is read again after our own name, because the later attribute wins.
    private void Describe(ResourceBuilder resource) => resource
        .AddService(target.ServiceName, serviceInstanceId: _instanceId)
        .AddEnvironmentVariableDetector();
}
