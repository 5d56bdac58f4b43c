using System.Diagnostics.Metrics;
using LlmPlatform.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Tests.Telemetry;

/// <summary>A real host on a free port with telemetry turned on, and nothing of this machine's environment.</summary>
internal sealed class TelemetryHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TelemetryHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public static async Task<TelemetryHost> StartAsync(
        Dictionary<string, string?>? settings = null, Action<IEndpointRouteBuilder>? map = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddRouting();
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddPlatformTelemetry("test-service", builder.Configuration);

        var app = builder.Build();
        app.UsePlatformTracing();
        app.MapPrometheusMetrics();
        map?.Invoke(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TelemetryHost(app);
    }

    /// <summary>A meter that belongs to this host.</summary>
    public Meter CreateMeter(string name = "LlmPlatform.Tests") =>
        _app.Services.GetRequiredService<IMeterFactory>().Create(name);

    /// <summary>
    /// What /metrics says of the metrics whose names begin so. Static meters of tests that run beside this one are seen
    /// by every host in the process, so a test asks for its own.
    /// </summary>
    public async Task<string> ScrapeAsync(string prefix)
    {
        var lines = await ScrapeLinesAsync();
        return string.Concat(lines
            .Where(line => line.StartsWith(prefix, StringComparison.Ordinal)
                || line.StartsWith($"# HELP {prefix}", StringComparison.Ordinal)
                || line.StartsWith($"# TYPE {prefix}", StringComparison.Ordinal))
            .Select(line => line + "\n"));
    }

    public async Task<string[]> ScrapeLinesAsync()
    {
        var text = await Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
