using System.Globalization;

namespace LlmPlatform.Bench;

/// <summary>What <c>./bench.sh</c> was asked for.</summary>
public sealed record BenchOptions
{
    /// <summary>How often everything is measured, interleaved; medians are over rounds.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Seconds of each measurement.</summary>
    public int Seconds { get; init; } = 4;

    /// <summary>
    /// Seconds of load before the first: after 25 the compiler still took a fifth of a busy edge's processor time.
    /// </summary>
    public int WarmUpSeconds { get; init; } = 60;

    /// <summary>Calls that each round of <c>books</c> writes, settles, ships and follows to the stores.</summary>
    public int Calls { get; init; } = 50_000;

    /// <summary>How long the audit trail of <c>growth</c> becomes.</summary>
    public int AuditRecords { get; init; } = 1_000_000;

    /// <summary>
    /// A <c>servers.env</c> of servers that run, for a <c>growth</c> without the platform; null for none.
    /// </summary>
    public string? Servers { get; init; }

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
                "--calls" => options with { Calls = Number(value) },
                "--audit-records" => options with { AuditRecords = Number(value) },
                "--servers" => options with { Servers = value },
                "--contenders" => options with { Contenders = value.Split(',') },
                "--loads" => options with { Loads = value.Split(',') },
                "--root" => options with { Root = value },
                "--work" => options with { Work = value },
                _ => throw new ArgumentException($"Unknown option {arguments[i]}: see ./bench.sh --help."),
            };
        }

        return options;
    }

    /// <summary>What a file of assignments says, such as <c>platform.env</c>.</summary>
    public static IReadOnlyDictionary<string, string> ReadFacts(string path) => File.ReadAllLines(path)
        .Select(line => line.Split('=', 2))
        .Where(pair => pair.Length == 2)
        .ToDictionary(pair => pair[0], pair => pair[1].Trim('\'', '"'));

    public static int Usage()
    {
        Console.Error.WriteLine("""
            usage: ./bench.sh [--rounds 3] [--seconds 4] [--warm-up 60]
                              [--contenders direct,nginx,forwarder,go,portkey,edge,edge-alone]
                              [--loads plan,one,max,half,big,embeddings,everything,stream,slow1000,slow5000]
                   ./bench.sh books [--rounds 3] [--calls 50000]
                   ./bench.sh spool [--rounds 3] [--calls 50000]
                   ./bench.sh growth [--rounds 3] [--audit-records 1000000]
            """);
        return 2;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
