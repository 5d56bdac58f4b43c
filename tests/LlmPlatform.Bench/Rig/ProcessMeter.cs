using System.Globalization;

namespace LlmPlatform.Bench.Rig;

/// <summary>Processor time and memory of processes, read from /proc, in nanoseconds and bytes.</summary>
public static class ProcessMeter
{
    // USER_HZ, which Linux has fixed at 100 for what it shows in /proc.
    private const long NanosecondsPerTick = 10_000_000;

    /// <summary>Time on a processor of all threads, ended ones included; good to 10 ms.</summary>
    public static long CpuNanoseconds(IEnumerable<int> pids) => pids.Sum(CpuNanoseconds);

    /// <summary>The same with that of its children: PostgreSQL has one for each connection.</summary>
    public static long CpuNanosecondsOfFamily(int pid)
    {
        var ticks = Ticks(pid, 11, 4) + Children(pid).Sum(child => Ticks(child, 11, 2));
        return ticks * NanosecondsPerTick;
    }

    /// <summary>The processes it has begun.</summary>
    public static IReadOnlyList<int> Children(int pid) =>
    [
        .. TryRead($"/proc/{pid}/task/{pid}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    public static long ResidentBytes(IEnumerable<int> pids) => pids.Sum(ResidentBytes);

    // The sum over all threads, ended ones included; the kernel scales it to what its scheduler measured, so that only
    // the last 10 ms are lost to rounding.
    private static long CpuNanoseconds(int pid)
    {
        var ticks = Ticks(pid, 11, 2);
        return ticks >= 0
            ? ticks * NanosecondsPerTick
            : throw new InvalidOperationException($"Process {pid} is gone: what it would show is not known.");
    }

    // The sum of fields of /proc/pid/stat; -1 when the process is gone.
    private static long Ticks(int pid, int first, int count)
    {
        var text = TryRead($"/proc/{pid}/stat");
        if (text.Length == 0)
        {
            return -1;
        }

        // The name of the process may hold blanks; it ends with the last parenthesis.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Skip(first).Take(count).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
    }

    private static long ResidentBytes(int pid)
    {
        foreach (var line in TryRead($"/proc/{pid}/status").Split('\n'))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return long.Parse(line[6..^3].Trim(), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process has ended.
            return "";
        }
    }
}
