using System.Text.Json;

namespace LlmPlatform.Bench;

/// <summary>
/// What one contender showed under one load, in one round. Latencies in µs, processor time in µs per unit.
/// </summary>
public sealed record Figures
{
    public required string Contender { get; init; }

    public required string Load { get; init; }

    public int Round { get; init; }

    /// <summary>Whole answers a second; for slow streams, chunks a second.</summary>
    public double PerSecond { get; init; }

    /// <summary>Of the contender's own processes, for each answer (or chunk).</summary>
    public double CpuMicroseconds { get; init; }

    /// <summary>Of the services behind it.</summary>
    public double CpuBehindMicroseconds { get; init; }

    /// <summary>Of the servers behind those.</summary>
    public double CpuServersMicroseconds { get; init; }

    public double P50 { get; init; }

    public double P99 { get; init; }

    /// <summary>Until the first content of a stream.</summary>
    public double FirstP50 { get; init; }

    public double FirstP99 { get; init; }

    public double ResidentMegabytes { get; init; }

    /// <summary>By the contender's runtime, in bytes for each answer (or chunk); 0 where it does not tell.</summary>
    public double AllocatedBytes { get; init; }

    public long Bad { get; init; }

    public string ToJson(int round) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["contender"] = Contender,
        ["load"] = Load,
        ["round"] = round,
        ["per_second"] = Rounded(PerSecond),
        ["cpu_us"] = Rounded(CpuMicroseconds),
        ["cpu_behind_us"] = Rounded(CpuBehindMicroseconds),
        ["cpu_servers_us"] = Rounded(CpuServersMicroseconds),
        ["p50_us"] = Rounded(P50),
        ["p99_us"] = Rounded(P99),
        ["first_p50_us"] = Rounded(FirstP50),
        ["first_p99_us"] = Rounded(FirstP99),
        ["rss_mb"] = Rounded(ResidentMegabytes),
        ["allocated_bytes"] = Rounded(AllocatedBytes),
        ["bad"] = Bad,
    });

    private static double Rounded(double value) => Math.Round(value, 1);
}
