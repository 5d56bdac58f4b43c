using System.Globalization;

namespace LlmPlatform.Bench.Rig;

/// <summary>Processor time and memory of processes, read from /proc, threads summed, in nanoseconds and bytes.</summary>
public static class ProcessMeter
{
    /// <summary>Time on a processor of all threads that live, and of those that ended, as far as the kernel tells.</summary>
    public static long CpuNanoseconds(IEnumerable<int> pids) => pids.Sum(CpuNanoseconds);

    public static long ResidentBytes(IEnumerable<int> pids) => pids.Sum(ResidentBytes);

    private static long CpuNanoseconds(int pid)
    {
        var sum = 0L;
        try
        {
            foreach (var task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                var text = TryRead($"{task}/schedstat");
                sum += text.Length == 0 ? 0 : long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }
        catch (DirectoryNotFoundException)
        {
            throw new InvalidOperationException($"Process {pid} is gone: what it would show is not known.");
        }

        return sum;
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
            // A thread that ended between listing and reading.
            return "";
        }
    }
}
