using System.Diagnostics.Metrics;

namespace LlmPlatform.Hosting.Tests.Telemetry;

public class PrometheusExpositionTests
{
    [Fact]
    public async Task Every_kind_of_instrument_is_written_in_the_text_format()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var requests = meter.CreateCounter<long>("golden_requests_total", description: "Requests answered.");
        requests.Add(2, new("route", "/v1/models"), new("status", 200));
        requests.Add(1, new("route", "/v1/models"), new("status", 500));
        requests.Add(3, new("route", "/v1/models"), new("status", 200));
        meter.CreateCounter<double>("golden_cost_usd_total").Add(0.25);
        var open = meter.CreateUpDownCounter<int>("golden_open_streams");
        open.Add(5);
        open.Add(-3);
        meter.CreateGauge<double>("golden_temperature").Record(1e-7);
        meter.CreateObservableGauge("golden_provider_up", () => 1L, description: "Whether it answers.");
        var duration = meter.CreateHistogram("golden_seconds", "s", "How long.", null, Advice(0.1, 0.5, 1.0));
        duration.Record(0.1, new KeyValuePair<string, object?>("model", "sim-small"));
        duration.Record(0.75, new KeyValuePair<string, object?>("model", "sim-small"));

        Assert.Equal(
            """
            # TYPE golden_cost_usd_total counter
            golden_cost_usd_total 0.25
            # TYPE golden_open_streams gauge
            golden_open_streams 2
            # HELP golden_provider_up Whether it answers.
            # TYPE golden_provider_up gauge
            golden_provider_up 1
            # HELP golden_requests_total Requests answered.
            # TYPE golden_requests_total counter
            golden_requests_total{route="/v1/models",status="200"} 5
            golden_requests_total{route="/v1/models",status="500"} 1
            # HELP golden_seconds How long.
            # TYPE golden_seconds histogram
            golden_seconds_bucket{model="sim-small",le="0.1"} 1
            golden_seconds_bucket{model="sim-small",le="0.5"} 1
            golden_seconds_bucket{model="sim-small",le="1"} 2
            golden_seconds_bucket{model="sim-small",le="+Inf"} 2
            golden_seconds_sum{model="sim-small"} 0.85
            golden_seconds_count{model="sim-small"} 2
            # TYPE golden_temperature gauge
            golden_temperature 1E-07

            """,
            await host.ScrapeAsync("golden_"));
    }

    [Fact]
    public async Task Labels_and_help_are_escaped_and_names_made_valid()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        meter.CreateCounter<long>("gen_ai.client.calls", description: "back\\slash\nnew \"line\"")
            .Add(1, new("gen_ai.model", "a\\b\"c\nd"), new("1st", "é"), new("le", "x"));

        Assert.Equal(
            """
            # HELP gen_ai_client_calls back\\slash\nnew "line"
            # TYPE gen_ai_client_calls counter
            gen_ai_client_calls{_1st="é",gen_ai_model="a\\b\"c\nd",le_="x"} 1

            """,
            await host.ScrapeAsync("gen_ai_"));
    }

    [Fact]
    public async Task Tag_sets_that_read_alike_are_one_series()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var counter = meter.CreateCounter<long>("alike_total");
        counter.Add(1, new("a", "1"), new("b", "x"));
        counter.Add(1, new("b", "x"), new("a", "1"));
        counter.Add(1, new("a", 1), new("b", "x"));
        counter.Add(1, new("a", "1"), new("b", "x"), new("c", null));
        counter.Add(1, new("a", "1"), new("b", "x"), new("c", ""));

        Assert.Equal(
            """
            # TYPE alike_total counter
            alike_total{a="1",b="x"} 5

            """,
            await host.ScrapeAsync("alike_"));
    }

    [Fact]
    public async Task The_endpoint_says_its_format_and_does_not_change_what_it_shows()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        meter.CreateCounter<long>("steady_total").Add(1);

        using var response = await host.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        var first = await host.ScrapeAsync("steady_");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("steady_total 1\n", first, StringComparison.Ordinal);
        Assert.Equal(first, await host.ScrapeAsync("steady_"));
    }

    [Theory]
    [InlineData("process_cpu_seconds_total", "counter")]
    [InlineData("process_resident_memory_bytes", "gauge")]
    [InlineData("dotnet_gc_heap_size_bytes", "gauge")]
    [InlineData("dotnet_thread_pool_queue_length", "gauge")]
    public async Task The_runtime_is_seen_too(string name, string type)
    {
        await using var host = await TelemetryHost.StartAsync();
        GC.Collect();

        var lines = await host.ScrapeLinesAsync();

        Assert.Contains($"# TYPE {name} {type}", lines);
        Assert.Contains(lines, line => line.StartsWith(name, StringComparison.Ordinal)
            && double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) >= 0);
        Assert.DoesNotContain(lines, line => line.Contains("dotnet_jit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_is_taken_with_another_type_is_refused_and_one_of_the_same_type_shared()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var one = host.CreateMeter("LlmPlatform.One");
        using var two = host.CreateMeter("LlmPlatform.Two");
        one.CreateCounter<long>("shared_total").Add(1);
        two.CreateCounter<long>("shared_total").Add(2);
        two.CreateGauge<long>("shared_total").Record(50);

        Assert.Equal(
            """
            # TYPE shared_total counter
            shared_total 3

            """,
            await host.ScrapeAsync("shared_"));
    }

    private static InstrumentAdvice<double> Advice(params double[] bounds) =>
        new() { HistogramBucketBoundaries = bounds };
}
