using System.Globalization;

namespace LlmPlatform.Bench;

/// <summary>Medians and spreads over the rounds, and ratios to nginx and to the minimal forwarder.</summary>
public static class Report
{
    public static void Write(IReadOnlyList<Figures> figures, TextWriter output)
    {
        foreach (var load in figures.Select(measured => measured.Load).Distinct())
        {
            output.WriteLine();
            output.WriteLine($"{load}: median [least..most] over rounds; CPU in µs for each answer (slow: each chunk), "
                + "latencies in µs");
            output.WriteLine(Row(
                "", "per second", "CPU", "x nginx", "x forwarder", "behind", "servers",
                "p50", "p99", "TTFT p50", "MB", "B allocated", "bad"));
            var ofLoad = figures.Where(measured => measured.Load == load).ToList();
            foreach (var contender in ofLoad.Select(measured => measured.Contender).Distinct())
            {
                output.WriteLine(RowOf(ofLoad, contender));
            }
        }
    }

    private static string RowOf(List<Figures> ofLoad, string contender)
    {
        var own = ofLoad.Where(measured => measured.Contender == contender).ToList();
        return Row(
            contender,
            Median(own, measured => measured.PerSecond, "0"),
            Median(own, measured => measured.CpuMicroseconds, "0.0"),
            Ratio(ofLoad, own, "nginx"),
            Ratio(ofLoad, own, "forwarder"),
            Median(own, measured => measured.CpuBehindMicroseconds, "0.0"),
            Median(own, measured => measured.CpuServersMicroseconds, "0.0"),
            Median(own, measured => measured.P50, "0"),
            Median(own, measured => measured.P99, "0"),
            Median(own, measured => measured.FirstP50, "0"),
            Median(own, measured => measured.ResidentMegabytes, "0"),
            Median(own, measured => measured.AllocatedBytes, "0"),
            own.Sum(measured => measured.Bad).ToString(CultureInfo.InvariantCulture));
    }

    // Of each round, so that what else the machine did in it weighs on both.
    private static string Ratio(List<Figures> ofLoad, List<Figures> own, string to)
    {
        var ratios = own.Join(
            ofLoad.Where(measured => measured.Contender == to && measured.CpuMicroseconds > 0),
            mine => mine.Round,
            theirs => theirs.Round,
            (mine, theirs) => mine.CpuMicroseconds / theirs.CpuMicroseconds).ToList();
        return ratios.Count == 0 ? "" : Spread(ratios, "0.00");
    }

    private static string Median(List<Figures> own, Func<Figures, double> figure, string format) =>
        Spread([.. own.Select(figure)], format);

    private static string Spread(List<double> values, string format)
    {
        values.Sort();
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        var median = values[values.Count / 2];
        return median == 0 ? "-" : values.Count == 1
            ? Text(median)
            : $"{Text(median)} [{Text(values[0])}..{Text(values[^1])}]";
    }

    private static string Row(params string[] cells) =>
        string.Concat(cells.Select((cell, index) => cell.PadRight(index == 0 ? 11 : index < 5 ? 23 : 20))).TrimEnd();
}
