using System.Globalization;

namespace LlmPlatform.Bench;

/// <summary>
/// What the platform set out to reach, beside what this run shows: ratios of medians, and differences.
/// </summary>
public static class Goals
{
    private const string Edge = "edge";
    private const string Alone = "edge-alone";

    private static readonly Goal[] All =
    [
        new("small chat, CPU, × nginx", "max", Cpu, "nginx", 2.3),
        new("small chat, CPU, share of Portkey's", "max", Cpu, "portkey", 0.05),
        new("small chat, CPU, × bare Go proxy", "max", Cpu, "go", 1),
        new("requests a second, × nginx", "max", figures => figures.PerSecond, "nginx", 0.43, IsLeast: true),
        new("requests a second, × Portkey", "max", figures => figures.PerSecond, "portkey", 20, IsLeast: true),
        new("small chat, bytes allocated", "max", figures => figures.AllocatedBytes, null, 4096),
        new("small chat, CPU of edge and consumers, µs", "max",
            figures => figures.CpuMicroseconds + figures.CpuBehindMicroseconds, null, 120, OnlyWhole: true),
        new("50 KB prompt, CPU, × nginx", "big", Cpu, "nginx", 3),
        new("stream of 100 chunks, CPU, × nginx", "stream", Cpu, "nginx", 1.4),
        new("stream of 100 chunks, CPU, share of Portkey's", "stream", Cpu, "portkey", 0.5),
        new("added p99 at half load, µs", "half", figures => figures.P99, "direct", 1000, IsDifference: true),
        new("p99 at half load over the forwarder's, µs", "half", figures => figures.P99, "forwarder", 300,
            IsDifference: true),
        new("time to first token over the forwarder's, µs", "slow1000", figures => figures.FirstP50, "forwarder", 500,
            IsDifference: true),
        new("p99 delay of a chunk over the forwarder's, µs", "slow1000", figures => figures.P99, "forwarder", 100,
            IsDifference: true),
        new("calls that failed among 5,000 slow streams", "slow5000", figures => figures.Bad, null, 0),
    ];

    /// <summary>A line for each goal whose load and whose peer were measured.</summary>
    public static void Write(IReadOnlyList<Figures> figures, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("goals; edge-alone: the same edge while the services behind it stand still");
        foreach (var goal in All)
        {
            foreach (var contender in goal.OnlyWhole ? [Edge] : new[] { Edge, Alone })
            {
                if (goal.Of(figures, contender) is { } reached)
                {
                    output.WriteLine(goal.Line(contender, reached));
                }
            }
        }
    }

    private static double Cpu(Figures figures) => figures.CpuMicroseconds;

    private sealed record Goal(
        string Name,
        string Load,
        Func<Figures, double> Figure,
        string? Peer,
        double Limit,
        bool IsLeast = false,
        bool IsDifference = false,
        bool OnlyWhole = false)
    {
        public double? Of(IReadOnlyList<Figures> figures, string contender)
        {
            if (Median(figures, contender) is not { } own)
            {
                return null;
            }

            return Peer is null ? own
                : Median(figures, Peer) is not { } theirs ? null
                : IsDifference ? own - theirs
                : theirs > 0 ? own / theirs : null;
        }

        public string Line(string contender, double reached)
        {
            var isMet = IsLeast ? reached >= Limit : reached <= Limit;
            var goal = (IsLeast ? "at least " : "at most ") + Text(Limit);
            return $"{Name,-50}{contender,-12}{Text(reached),10}   {goal,-16}{(isMet ? "met" : "not met")}";
        }

        private static string Text(double value) =>
            value.ToString(Math.Abs(value) < 100 ? "0.##" : "0", CultureInfo.InvariantCulture);

        private double? Median(IReadOnlyList<Figures> figures, string contender)
        {
            var values = figures.Where(measured => measured.Load == Load && measured.Contender == contender)
                .Select(Figure).Order().ToList();
            return values.Count == 0 ? null : values[values.Count / 2];
        }
    }
}
