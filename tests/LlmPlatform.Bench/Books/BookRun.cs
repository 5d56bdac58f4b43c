using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench.Books;

/// <summary>
/// <c>./bench.sh books</c>: what a call costs behind its answer. The edge's own part step by step, then each consumer
/// from the broker to its store, and each store by itself.
/// </summary>
public static class BookRun
{
    private const int WarmUpCalls = 20_000;

    private static readonly string[] Consumers = ["METERING", "BILLING", "AUDIT"];
    private static readonly string[] Stores = ["RABBITMQ", "POSTGRES", "CLICKHOUSE", "REDIS"];
    private static readonly string[] MeteringQueues = ["metering-usage-recorded", "metering-request-completed"];

    public static async Task<int> RunAsync(BenchOptions options)
    {
        Directory.CreateDirectory(options.Work);
        using var mock = new MockProvider();
        await using var platform = new Contenders.Edge();
        await platform.StartAsync(mock.BaseUrl, options);
        await using var stores = new BookStores(platform.Facts);
        var spools = Directory.CreateDirectory(Path.Combine(options.Work, "books")).FullName;
        try
        {
            var steps = new SpoolSteps(spools, platform.Facts);
            await MeasureAsync(steps, stores, platform.Facts, WarmUpCalls, new Dictionary<string, List<double>>());
            var figures = new Dictionary<string, List<double>>();
            for (var round = 1; round <= options.Rounds; round++)
            {
                await MeasureAsync(steps, stores, platform.Facts, options.Calls, figures);
                Console.WriteLine(JsonSerializer.Serialize(figures.ToDictionary(
                    figure => figure.Key, figure => Math.Round(figure.Value[^1], 1))));
            }

            Write(figures);
            return 0;
        }
        finally
        {
            Directory.Delete(spools, recursive: true);
        }
    }

    private static async Task MeasureAsync(
        SpoolSteps steps,
        BookStores stores,
        IReadOnlyDictionary<string, string> facts,
        int calls,
        Dictionary<string, List<double>> figures)
    {
        void Note(string name, double value)
        {
            if (!figures.TryGetValue(name, out var known))
            {
                figures.Add(name, known = []);
            }

            known.Add(value);
        }

        var append = await steps.AppendAsync(calls);
        var settle = (await steps.AppendAndSettleAsync(calls)).Without(append);
        Note("edge: spool, CPU µs/call", append.CpuMicroseconds);
        Note("edge: spool, bytes/call", append.AllocatedBytes);
        Note("edge: settle, CPU µs/call", settle.CpuMicroseconds);
        Note("edge: settle, bytes/call", settle.AllocatedBytes);

        string[] processes = [.. Consumers, .. Stores];
        var audited = await stores.AuditedAsync();
        var before = processes.Select(name => Cpu(facts, name)).ToArray();
        var began = Stopwatch.GetTimestamp();
        var ship = await steps.ShipAsync(calls, async edgeId =>
        {
            Note("billing: warehouse and ledger, rows/s by the clock",
                calls / await SecondsUntilAsync(began, async () => await stores.BilledAsync(edgeId) >= calls));
            Note("audit: trail, rows/s by the clock",
                calls / await SecondsUntilAsync(began, async () => await stores.AuditedAsync() >= audited + calls));
            Note("metering: counters, events/s by the clock",
                calls / await SecondsUntilAsync(
                    began, async () => await stores.WaitingAsync(MeteringQueues) == 0));
        });
        Note("edge: ship, CPU µs/call", ship.CpuMicroseconds);
        Note("edge: ship, bytes/call", ship.AllocatedBytes);

        // What is acknowledged last is still being acknowledged.
        await Task.Delay(TimeSpan.FromSeconds(1));
        var consumers = 0.0;
        for (var index = 0; index < processes.Length; index++)
        {
            var spent = (Cpu(facts, processes[index]) - before[index]) / 1000.0 / calls;
            consumers += index < Consumers.Length ? spent : 0;
            Note($"{processes[index].ToLowerInvariant()}, CPU µs/call", spent);
        }

        Note("consumers together, CPU µs/call", consumers);
        Note("clickhouse alone, rows/s", await stores.WarehouseRowsPerSecondAsync());
        Note("ledger by COPY alone, rows/s",
            await stores.CopyRowsPerSecondAsync("billing.ledger_entry", "event_id"));
        Note("audit by COPY alone, rows/s", await stores.CopyRowsPerSecondAsync("audit.record", "sequence"));
    }

    private static long Cpu(IReadOnlyDictionary<string, string> facts, string name) =>
        facts.TryGetValue(name + "_PID", out var pid)
            ? ProcessMeter.CpuNanosecondsOfFamily(int.Parse(pid, CultureInfo.InvariantCulture))
            : 0;

    private static async Task<double> SecondsUntilAsync(long began, Func<Task<bool>> isDone)
    {
        while (!await isDone())
        {
            await Task.Delay(100);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static void Write(Dictionary<string, List<double>> figures)
    {
        Console.WriteLine();
        Console.WriteLine("median [least..most] over rounds");
        foreach (var (name, values) in figures)
        {
            values.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-55}{values[values.Count / 2],12:0.0}  [{values[0]:0.0}..{values[^1]:0.0}]"));
        }
    }
}
