using System.Diagnostics;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Hosting.Tests.Telemetry;

[Collection("Tracing")]
public class OtlpExportTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Spans_and_metrics_reach_the_collector_without_query_strings_or_headers()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var host = await TelemetryHost.StartAsync(Settings(collector), app =>
        {
            app.MapGet("/outer/{id}", async (string id, HttpRequest request) =>
            {
                using var client = new HttpClient();
                client.DefaultRequestHeaders.Add("x-api-key", "secret-header");
                return await client.GetStringAsync($"{request.Scheme}://{request.Host}/inner?key=secret-query-{id}");
            });
            app.MapGet("/inner", () => "ok");
        });
        using var meter = host.CreateMeter();
        meter.CreateCounter<long>("gateway_requests_total").Add(1);

        await host.Client.GetStringAsync("/outer/7?q=secret-question", TestContext.Current.CancellationToken);

        await EventuallyReceivesAsync(
            collector, "/v1/traces", "GET /outer/{id}", "GET /inner", "url.full", "test-service");
        await EventuallyReceivesAsync(
            collector, "/v1/metrics", "gateway_requests_total", "http.server.request.duration",
            "dotnet.gc.collections");
        Assert.DoesNotContain("secret", collector.ReceivedAt("/v1/traces"), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", collector.ReceivedAt("/v1/metrics"), StringComparison.Ordinal);

        // The exporter's own calls must not become spans, or tracing would feed itself.
        Assert.DoesNotContain("/v1/traces", collector.ReceivedAt("/v1/traces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_the_host_sends_what_is_still_waiting()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var settings = Settings(collector);
        settings["OTEL_BSP_SCHEDULE_DELAY"] = "600000";
        settings["OTEL_METRIC_EXPORT_INTERVAL"] = "600000";
        await using var host = await TelemetryHost.StartAsync(settings, app => app.MapGet("/late", () => "ok"));
        using var meter = host.CreateMeter();
        meter.CreateCounter<long>("late_total").Add(1);
        await host.Client.GetStringAsync("/late", TestContext.Current.CancellationToken);
        Assert.Empty(collector.ReceivedAt("/v1/traces"));

        await host.StopAsync();

        Assert.Contains("GET /late", collector.ReceivedAt("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("late_total", collector.ReceivedAt("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signals_own_variables_export_that_signal_alone_to_the_address_as_it_stands()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var host = await TelemetryHost.StartAsync(new()
        {
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = $"{collector.Url}/custom/path",
            ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
        });

        await EventuallyReceivesAsync(collector, "/custom/path", "dotnet.gc.collections");
        Assert.False(SpanIsMade());
    }

    [Fact]
    public async Task A_signal_whose_exporter_is_none_is_not_exported()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var settings = Settings(collector);
        settings["OTEL_TRACES_EXPORTER"] = "none";
        await using var host = await TelemetryHost.StartAsync(settings);

        await EventuallyReceivesAsync(collector, "/v1/metrics", "dotnet.gc.collections");
        Assert.False(SpanIsMade());
    }

    [Fact]
    public async Task A_disabled_SDK_exports_nothing()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var settings = Settings(collector);
        settings["OTEL_SDK_DISABLED"] = "true";
        await using var host = await TelemetryHost.StartAsync(settings);
        var spanIsMade = SpanIsMade();

        await host.StopAsync();

        Assert.False(spanIsMade);
        Assert.Empty(collector.ReceivedAt("/v1/metrics"));
    }

    [Fact]
    public async Task The_environment_names_the_service_and_its_attributes()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var settings = Settings(collector);
        settings["OTEL_SERVICE_NAME"] = "named-by-environment";
        settings["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=staging";
        await using var host = await TelemetryHost.StartAsync(settings);

        await EventuallyReceivesAsync(collector, "/v1/metrics", "named-by-environment", "staging");
        Assert.DoesNotContain("test-service", collector.ReceivedAt("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sampler_follows_the_callers_decision_and_otherwise_the_ratio()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var settings = Settings(collector);
        settings["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio";
        settings["OTEL_TRACES_SAMPLER_ARG"] = "0";
        await using var host = await TelemetryHost.StartAsync(settings, app =>
        {
            app.MapGet("/unsampled", () => "ok");
            app.MapGet("/sampled", () => "ok");
        });

        // The decision is written by hand: a client in this process would follow the sampler itself.
        await GetAsync(host, "/unsampled", "00");
        await GetAsync(host, "/sampled", "01");
        await host.StopAsync();

        Assert.Contains("GET /sampled", collector.ReceivedAt("/v1/traces"), StringComparison.Ordinal);
        Assert.DoesNotContain("GET /unsampled", collector.ReceivedAt("/v1/traces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_exports_its_own_meters_only()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var other = await TelemetryHost.StartAsync();
        await using var host = await TelemetryHost.StartAsync(Settings(collector));
        using var foreign = other.CreateMeter();
        using var own = host.CreateMeter();
        foreign.CreateCounter<long>("foreign_total").Add(1);
        own.CreateCounter<long>("own_total").Add(1);

        await host.StopAsync();

        Assert.Contains("own_total", collector.ReceivedAt("/v1/metrics"), StringComparison.Ordinal);
        Assert.DoesNotContain("foreign_total", collector.ReceivedAt("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_endpoint_no_span_is_ever_made()
    {
        await using var host = await TelemetryHost.StartAsync();

        Assert.False(SpanIsMade());
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:secret")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/secret")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "secret")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "secret")]
    public async Task A_variable_that_cannot_be_used_stops_the_start_by_name(string name, string value)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TelemetryHost.StartAsync(new() { [name] = value }));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    private static bool SpanIsMade()
    {
        using var source = new ActivitySource("LlmPlatform.Tests.Probe");
        using var span = source.StartActivity("probe");
        return span is not null;
    }

    private static async Task GetAsync(TelemetryHost host, string path, string flags)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(
            "traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-{flags}");
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static Dictionary<string, string?> Settings(OtlpCollector collector) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "50",
    };

    private static Task EventuallyReceivesAsync(OtlpCollector collector, string path, params string[] texts) =>
        Eventually.UntilAsync(
            () => texts.All(text => collector.ReceivedAt(path).Contains(text, StringComparison.Ordinal)),
            _deadline, $"the collector receives {string.Join(", ", texts)} at {path}",
            TestContext.Current.CancellationToken);
}
