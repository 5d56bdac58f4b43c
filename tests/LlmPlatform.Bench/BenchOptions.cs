using System.Globalization;

namespace LlmPlatform.Bench;

/// <summary>What <c>./bench.sh</c> was asked for.</summary>
public sealed record BenchOptions
{
    /// <summary>How often everything is measured, interleaved; medians are over rounds.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Seconds of each measurement.</summary>
    public int Seconds { get; init; } = 4;

    /// <summary>Seconds of load before the first: tiered compilation needs about 25 to settle.</summary>
    public int WarmUpSeconds { get; init; } = 25;

    /// <summary>Contenders, by name; empty for all that can run here.</summary>
    public IReadOnlyList<string> Contenders { get; init; } = [];

    /// <summary>Loads, by name; empty for all.</summary>
    public IReadOnlyList<string> Loads { get; init; } = [];

    /// <summary>The top of the repository.</summary>
    public string Root { get; init; } = Environment.CurrentDirectory;

    /// <summary>Where servers, configurations and logs go.</summary>
    public string Work { get; init; } = Path.Combine(Path.GetTempPath(), "llm-platform-bench");

    public static BenchOptions Read(string[] arguments)
    {
        var options = new BenchOptions();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--rounds" => options with { Rounds = Number(value) },
                "--seconds" => options with { Seconds = Number(value) },
                "--warm-up" => options with { WarmUpSeconds = Number(value) },
                "--contenders" => options with { Contenders = value.Split(',') },
                "--loads" => options with { Loads = value.Split(',') },
                "--root" => options with { Root = value },
                "--work" => options with { Work = value },
                _ => throw new ArgumentException($"Unknown option {arguments[i]}: see ./bench.sh --help."),
            };
        }

        return options;
    }

    public static int Usage()
    {
        Console.Error.WriteLine("""
            usage: ./bench.sh [--rounds 3] [--seconds 4] [--warm-up 25]
                              [--contenders direct,nginx,forwarder,go,portkey,edge]
                              [--loads plan,one,max,half,big,stream,slow1000,slow5000]
            """);
        return 2;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
