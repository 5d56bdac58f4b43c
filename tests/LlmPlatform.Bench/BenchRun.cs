using LlmPlatform.Bench.Contenders;
using LlmPlatform.Bench.Loads;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench;

/// <summary>Everything, in turn: each round puts each contender under each load.</summary>
public static class BenchRun
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        Directory.CreateDirectory(options.Work);
        if (IsChosen(PlanCost.Name, options.Loads))
        {
            PlanCost.Measure(options.Rounds, Console.Out);
        }

        if (options.Loads is [PlanCost.Name])
        {
            return 0;
        }

        using var mock = new MockProvider();
        var contenders = new List<Contender>();
        try
        {
            foreach (var contender in All().Where(contender => IsChosen(contender.Name, options.Contenders)))
            {
                if (await TryStartAsync(contender, mock, options))
                {
                    contenders.Add(contender);
                }
            }

            await WarmUpAsync(contenders, options);
            var figures = new List<Figures>();
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var load in Load.All.Where(load => IsChosen(load.Name, options.Loads)))
                {
                    foreach (var contender in contenders)
                    {
                        var measured = await load.MeasureAsync(contender, figures, options);
                        figures.Add(measured with { Round = round });
                        Console.WriteLine(measured.ToJson(round));
                    }
                }
            }

            Report.Write(figures, Console.Out);
            Goals.Write(figures, Console.Out);
            return figures.Exists(measured => measured.Bad > 0 && measured.Contender.StartsWith("edge")) ? 1 : 0;
        }
        finally
        {
            foreach (var contender in contenders)
            {
                await contender.DisposeAsync();
            }
        }
    }

    private static IEnumerable<Contender> All()
    {
        var edge = new Contenders.Edge();
        return [new Direct(), new Nginx(), new Forwarder(), new GoProxy(), new Portkey(), edge, new EdgeAlone(edge)];
    }

    private static bool IsChosen(string name, IReadOnlyList<string> chosen) =>
        chosen.Count == 0 || chosen.Contains(name);

    private static async Task<bool> TryStartAsync(Contender contender, MockProvider mock, BenchOptions options)
    {
        try
        {
            await contender.StartAsync(mock.BaseUrl, options);
            using var connection = new LoadConnection(
                contender.Target, Workload.Small.Request(contender.Target, contender.Key, contender.Headers));
            if (await connection.CallAsync())
            {
                return true;
            }

            Console.Error.WriteLine($"{contender.Name} does not answer 200: left out.");
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException
            or System.Net.Sockets.SocketException && contender is not Contenders.Edge)
        {
            Console.Error.WriteLine($"{contender.Name} cannot run here: {fault.Message}");
        }

        await contender.DisposeAsync();
        return false;
    }

    private static async Task WarmUpAsync(List<Contender> contenders, BenchOptions options)
    {
        // What is compiled beforehand needs none, and both edges are one.
        foreach (var contender in contenders.Where(contender => contender.Name is not ("direct" or "nginx" or "go")
            && (contender.Name != "edge-alone" || contenders.TrueForAll(other => other.Name != "edge"))))
        {
            foreach (var work in new[] { Workload.Small, Workload.Stream, Workload.Big })
            {
                await ClosedLoop.RunAsync(
                    contender.Target,
                    work.Request(contender.Target, contender.Key, contender.Headers),
                    connections: 16,
                    TimeSpan.FromSeconds(options.WarmUpSeconds / 3.0));
            }
        }

        Console.Error.WriteLine($"Warm after {options.WarmUpSeconds} s each; "
            + $"{Environment.ProcessorCount} cores seen, load average {File.ReadAllText("/proc/loadavg").Trim()}");
    }
}
