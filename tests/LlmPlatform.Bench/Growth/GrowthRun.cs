using System.Text.Json;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench.Growth;

/// <summary><c>./bench.sh growth</c>: what should stay flat as work grows, as JSON lines and as plots.</summary>
public static class GrowthRun
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        Directory.CreateDirectory(options.Work);
        if (options.Servers is { } servers)
        {
            // Only what needs no service of ours.
            await MeasureStoresAsync(BenchOptions.ReadFacts(servers), options);
            return 0;
        }

        using var mock = new MockProvider();
        await using var platform = new Contenders.Edge();
        await platform.StartAsync(mock.BaseUrl, options);
        await MeasureStoresAsync(platform.Facts, options);
        var growth = new EdgesGrowth(platform.Facts);
        await PlotAsync(
            options,
            new Plot("edges", "Consumers by number of edges", "edges", "billing, µs/event", "metering, µs/event"),
            [1, 4, 16, 64],
            size => growth.OfEdgesAsync((int)size, options.Rounds));
        return 0;
    }

    private static async Task MeasureStoresAsync(IReadOnlyDictionary<string, string> facts, BenchOptions options)
    {
        var limits = new LimitsGrowth(facts);
        await PlotAsync(
            options,
            new Plot("keys", "Hold and settle by number of keys", "keys", "client, µs/call", "Redis, µs/call"),
            [1, 10, 100, 1_000, 10_000],
            size => limits.OfKeysAsync((int)size, options.Rounds));
        await PlotAsync(
            options,
            new Plot("budgets", "Hold and settle by number of budgets", "budgets", "client, µs/call", "Redis, µs/call"),
            [6, 100, 1_000, 10_000, 100_000],
            size => limits.OfBudgetsAsync((int)size, options.Rounds));
        var audit = await new AuditGrowth(facts["LLM_PLATFORM_POSTGRES"]).MeasureAsync(options.AuditRecords);
        Save(
            options,
            new Plot("audit", "Audit trail by its length", "records", "append, µs each", "verify, µs each"),
            audit);
    }

    private static async Task PlotAsync(
        BenchOptions options, Plot plot, long[] sizes, Func<long, Task<GrowthPoint>> measure)
    {
        var points = new List<GrowthPoint>();
        foreach (var size in sizes)
        {
            points.Add(await measure(size));
        }

        Save(options, plot, points);
    }

    private static void Save(BenchOptions options, Plot plot, IReadOnlyList<GrowthPoint> points)
    {
        foreach (var point in points)
        {
            Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["growth"] = plot.Name,
                [plot.Across] = point.Size,
                [plot.First] = Math.Round(point.First, 1),
                [plot.Second] = Math.Round(point.Second, 1),
            }));
        }

        var chart = new SvgChart(plot.Title, plot.Across, "µs of processor time; audit: of the clock");
        chart.Add(plot.First, [.. points.Select(point => ((double)point.Size, point.First))]);
        chart.Add(plot.Second, [.. points.Select(point => ((double)point.Size, point.Second))]);
        var results = Directory.CreateDirectory(Path.Combine(options.Root, "tests/LlmPlatform.Bench/results"));
        chart.Save(Path.Combine(results.FullName, plot.Name + ".svg"));
    }

    private sealed record Plot(string Name, string Title, string Across, string First, string Second);
}
