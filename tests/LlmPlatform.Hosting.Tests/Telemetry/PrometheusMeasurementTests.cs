using System.Diagnostics.Metrics;
using System.Globalization;

namespace LlmPlatform.Hosting.Tests.Telemetry;

public class PrometheusMeasurementTests
{
    [Fact]
    public async Task Measurements_of_many_threads_are_all_counted()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var whole = meter.CreateCounter<long>("whole_total");
        var real = meter.CreateCounter<double>("real_total");
        var histogram = meter.CreateHistogram<int>("spread");

        Parallel.For(0, 80_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var tag = new KeyValuePair<string, object?>("lane", i % 4 == 0 ? "slow" : "fast");
            whole.Add(3, tag);
            real.Add(0.5, tag);
            histogram.Record(i % 2 == 0 ? 10 : 1_000, tag);
        });

        var values = await ValuesAsync(host);
        Assert.Equal(60_000, values["whole_total{lane=\"slow\"}"]);
        Assert.Equal(180_000, values["whole_total{lane=\"fast\"}"]);
        Assert.Equal(10_000, values["real_total{lane=\"slow\"}"]);
        Assert.Equal(30_000, values["real_total{lane=\"fast\"}"]);
        Assert.Equal(20_000, values["spread_count{lane=\"slow\"}"]);
        Assert.Equal(200_000, values["spread_sum{lane=\"slow\"}"]);
        Assert.Equal(60_000, values["spread_count{lane=\"fast\"}"]);
        Assert.Equal((20_000 * 10) + (40_000 * 1_000), values["spread_sum{lane=\"fast\"}"]);
    }

    [Fact]
    public async Task Whole_numbers_stay_exact_beyond_what_a_double_can_hold()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var counter = meter.CreateCounter<long>("nano_usd_total");
        counter.Add(9_007_199_254_740_992);
        counter.Add(1);

        Assert.Contains("nano_usd_total 9007199254740993\n", await host.ScrapeAsync("nano_"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_counter_never_falls_and_nothing_spoils_a_sum()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var counter = meter.CreateCounter<double>("rising_total");
        counter.Add(2);
        counter.Add(-1);
        counter.Add(double.NaN);
        counter.Add(double.PositiveInfinity);
        var histogram = meter.CreateHistogram<double>("clean");
        histogram.Record(1);
        histogram.Record(double.NaN);

        var values = await ValuesAsync(host);
        Assert.Equal(2, values["rising_total"]);
        Assert.Equal(1, values["clean_count"]);
        Assert.Equal(1, values["clean_sum"]);
    }

    [Fact]
    public async Task Buckets_accumulate_and_the_last_equals_the_count()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var histogram = meter.CreateHistogram(
            "sizes", null, null, null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [10, 100] });
        foreach (var size in (long[])[-5, 10, 11, 100, 101, 5_000])
            histogram.Record(size);

        Assert.Equal(
            """
            # TYPE sizes histogram
            sizes_bucket{le="10"} 2
            sizes_bucket{le="100"} 4
            sizes_bucket{le="+Inf"} 6
            sizes_sum 5217
            sizes_count 6

            """,
            await host.ScrapeAsync("sizes"));
    }

    [Theory]
    [InlineData("plain_seconds", null, "120")]
    [InlineData("timed", "s", "120")]
    [InlineData("counted", "{token}", "10000")]
    public async Task A_histogram_without_advice_gets_buckets_that_suit_its_unit(string name, string? unit,
        string bound)
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        meter.CreateHistogram<double>(name, unit).Record(1);

        Assert.Contains($"{name}_bucket{{le=\"{bound}\"}} 1\n", await host.ScrapeAsync(name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Observable_instruments_are_asked_at_each_scrape_and_forgotten_when_silent()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var circuits = new Dictionary<string, int> { ["openai"] = 1, ["azure"] = 2 };
        var asked = 0L;
        meter.CreateObservableGauge("circuit_state", () => circuits.Select(circuit =>
            new Measurement<int>(circuit.Value, new KeyValuePair<string, object?>("provider", circuit.Key))));
        meter.CreateObservableCounter("asked_total", () => ++asked);

        var first = await ValuesAsync(host);
        circuits.Remove("azure");
        circuits["openai"] = 0;
        var second = await ValuesAsync(host);

        Assert.Equal(1, first["circuit_state{provider=\"openai\"}"]);
        Assert.Equal(2, first["circuit_state{provider=\"azure\"}"]);
        Assert.Equal(1, first["asked_total"]);
        Assert.Equal(0, second["circuit_state{provider=\"openai\"}"]);
        Assert.DoesNotContain("circuit_state{provider=\"azure\"}", second.Keys);
        Assert.Equal(2, second["asked_total"]);
    }

    [Fact]
    public async Task One_broken_observable_instrument_does_not_blind_the_rest()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        meter.CreateObservableGauge("broken", new Func<int>(() => throw new InvalidOperationException("away")));
        meter.CreateObservableGauge("whole", () => 7);

        Assert.Equal(7, (await ValuesAsync(host))["whole"]);
    }

    [Fact]
    public async Task Label_sets_beyond_the_bound_share_one_overflow_series()
    {
        await using var host = await TelemetryHost.StartAsync(
            new() { ["Hosting:Telemetry:MaxSeriesPerInstrument"] = "3" });
        using var meter = host.CreateMeter();
        var counter = meter.CreateCounter<long>("wild_total");
        for (var user = 0; user < 1_000; user++)
            counter.Add(1, new KeyValuePair<string, object?>("user", user));
        counter.Add(1, new KeyValuePair<string, object?>("user", 1));

        Assert.Equal(
            """
            # TYPE wild_total counter
            wild_total{user="0"} 1
            wild_total{user="1"} 2
            wild_total{user="2"} 1
            wild_total{overflow="true"} 997

            """,
            await host.ScrapeAsync("wild_"));
    }

    [Fact]
    public async Task The_bound_holds_when_many_threads_bring_new_labels()
    {
        await using var host = await TelemetryHost.StartAsync(
            new() { ["Hosting:Telemetry:MaxSeriesPerInstrument"] = "50" });
        using var meter = host.CreateMeter();
        var counter = meter.CreateCounter<long>("rush_total");

        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            counter.Add(1, new KeyValuePair<string, object?>("user", i % 500)));

        var values = (await ValuesAsync(host))
            .Where(series => series.Key.StartsWith("rush_", StringComparison.Ordinal));
        Assert.Equal(51, values.Count());
        Assert.Equal(20_000, values.Sum(series => series.Value));
    }

    [Fact]
    public async Task A_known_tag_set_is_measured_without_allocating()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter();
        var counter = meter.CreateCounter<long>("lean_total");
        var histogram = meter.CreateHistogram<double>("lean_seconds");
        Measure(1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(10_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Far below one object a measurement; the runtime itself may allocate a little on this thread meanwhile.
        Assert.InRange(allocated, 0, 20_000);
        Assert.Equal(11_000, (await ValuesAsync(host))["lean_total{model=\"m\",route=\"r\"}"]);

        void Measure(int times)
        {
            for (var i = 0; i < times; i++)
            {
                counter.Add(1, new("route", "r"), new("model", "m"));
                histogram.Record(i, new("route", "r"), new("model", "m"));
            }
        }
    }

    [Fact]
    public async Task Two_hosts_in_one_process_do_not_see_each_others_meters()
    {
        await using var one = await TelemetryHost.StartAsync();
        await using var two = await TelemetryHost.StartAsync();
        using var ofOne = one.CreateMeter();
        using var ofTwo = two.CreateMeter();
        ofOne.CreateCounter<long>("hosted_total").Add(1);
        ofTwo.CreateCounter<long>("hosted_total").Add(10);

        Assert.Equal(1, (await ValuesAsync(one))["hosted_total"]);
        Assert.Equal(10, (await ValuesAsync(two))["hosted_total"]);
    }

    [Fact]
    public async Task A_static_meter_counts_once_in_each_host_that_listens()
    {
        using var meter = new Meter("LlmPlatform.Tests.Static");
        var counter = meter.CreateCounter<long>("static_total");
        await using var one = await TelemetryHost.StartAsync();
        counter.Add(1);
        await using var two = await TelemetryHost.StartAsync();
        counter.Add(1);

        Assert.Equal(2, (await ValuesAsync(one))["static_total"]);
        Assert.Equal(1, (await ValuesAsync(two))["static_total"]);
    }

    [Fact]
    public async Task A_stranger_meter_is_not_exposed()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var meter = host.CreateMeter("Somebody.Else");
        meter.CreateCounter<long>("strange_total").Add(1);

        Assert.DoesNotContain("strange_total", await host.ScrapeAsync("strange_"), StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, double>> ValuesAsync(TelemetryHost host) =>
        (await host.ScrapeLinesAsync())
            .Where(line => !line.StartsWith('#'))
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
