using LlmPlatform.Bench.Contenders;
using LlmPlatform.Bench.Loads;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench;

/// <summary>One way of loading a contender.</summary>
public sealed class Load
{
    private const int Connections = 32;

    private readonly Func<Contender, IReadOnlyList<Figures>, BenchOptions, Action, Task<LoadResult>> _run;
    private readonly Func<LoadResult, double> _units;
    private readonly Func<LoadResult, Latencies> _latencies;

    private Load(
        string name,
        Func<Contender, IReadOnlyList<Figures>, BenchOptions, Action, Task<LoadResult>> run,
        Func<LoadResult, double>? units = null,
        Func<LoadResult, Latencies>? latencies = null)
    {
        Name = name;
        _run = run;
        _units = units ?? (result => result.Good);
        _latencies = latencies ?? (result => result.Calls);
    }

    /// <summary>
    /// <c>one</c>: a call at a time. <c>max</c>: 32 connections flat out. <c>half</c>: an open loop at half of what max
    /// was. <c>big</c>: 50 KB prompts flat out. <c>embeddings</c>: texts of 1 KB flat out. <c>everything</c>: small
    /// chats with tags and an answer kept for repeats. <c>stream</c>: 16 connections, 100 chunks without a pause.
    /// <c>slow1000</c>, <c>slow5000</c>: so many streams at 5 chunks a second each.
    /// </summary>
    public static IReadOnlyList<Load> All { get; } =
    [
        new("one", (contender, _, options, _) => FlatOut(contender, Workload.Small, 1, options)),
        new("max", (contender, _, options, _) => FlatOut(contender, Workload.Small, Connections, options)),
        new("half", HalfAsync),
        new("big", (contender, _, options, _) => FlatOut(contender, Workload.Big, Connections, options)),
        new("embeddings", (contender, _, options, _) =>
            FlatOut(contender, Workload.Embeddings, Connections, options)),
        new("everything", (contender, _, options, _) =>
            FlatOut(contender, Workload.Everything, Connections, options)),
        new("stream", (contender, _, options, _) => FlatOut(contender, Workload.Stream, 16, options)),
        Slow(1000),
        Slow(5000),
    ];

    public string Name { get; }

    public async Task<Figures> MeasureAsync(
        Contender contender, IReadOnlyList<Figures> before, BenchOptions options)
    {
        long resident = 0;
        void OnSteady() => resident = Math.Max(resident, ProcessMeter.ResidentBytes(contender.Pids));
        await contender.BeginAsync();
        var allocated = await contender.AllocatedBytesAsync();
        var (own, behind, servers) = Cpu(contender);
        var result = await _run(contender, before, options, OnSteady);
        OnSteady();
        var (ownAfter, behindAfter, serversAfter) = Cpu(contender);
        var allocatedAfter = await contender.AllocatedBytesAsync();
        await contender.EndAsync();
        var units = Math.Max(1, _units(result));
        var latencies = _latencies(result);
        return new Figures
        {
            Contender = contender.Name,
            Load = Name,
            PerSecond = units / result.Seconds,
            CpuMicroseconds = (ownAfter - own) / 1000.0 / units,
            CpuBehindMicroseconds = (behindAfter - behind) / 1000.0 / units,
            CpuServersMicroseconds = (serversAfter - servers) / 1000.0 / units,
            P50 = latencies.Quantile(0.5),
            P99 = latencies.Quantile(0.99),
            FirstP50 = result.FirstContent.Quantile(0.5),
            FirstP99 = result.FirstContent.Quantile(0.99),
            ResidentMegabytes = resident / 1024.0 / 1024.0,
            AllocatedBytes = (allocatedAfter - allocated) / units,
            Bad = result.Bad,
        };
    }

    private static (long Own, long Behind, long Servers) Cpu(Contender contender) => (
        ProcessMeter.CpuNanoseconds(contender.Pids),
        ProcessMeter.CpuNanoseconds(contender.Behind),
        ProcessMeter.CpuNanoseconds(contender.Servers));

    private static Task<LoadResult> FlatOut(
        Contender contender, Workload work, int connections, BenchOptions options) =>
        ClosedLoop.RunAsync(
            contender.Target,
            work.Request(contender.Target, contender.Key, contender.Headers),
            connections,
            TimeSpan.FromSeconds(options.Seconds));

    // Half of the edge's own greatest rate, the same for every contender, so that latencies can be compared.
    private static Task<LoadResult> HalfAsync(
        Contender contender, IReadOnlyList<Figures> before, BenchOptions options, Action onSteady)
    {
        var max = before.Where(figures => figures is { Load: "max", Contender: "edge" })
            .Select(figures => figures.PerSecond).DefaultIfEmpty(4000).Max();
        return OpenLoop.RunAsync(
            contender.Target,
            Workload.Small.Request(contender.Target, contender.Key, contender.Headers),
            connections: 256,
            max / 2,
            TimeSpan.FromSeconds(options.Seconds));
    }

    private static Load Slow(int streams) => new(
        $"slow{streams}",
        (contender, _, _, onSteady) => SlowStreams.RunAsync(
            contender.Target,
            Workload.Slow.Request(contender.Target, contender.Key, contender.Headers),
            streams,
            onSteady),
        result => result.Chunks.Count,
        result => result.Chunks);
}
