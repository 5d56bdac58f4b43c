namespace LlmPlatform.Bench.Rig;

/// <summary>
/// Latencies in microseconds with a relative error below 1 %, in constant memory: buckets of powers of two, each cut
/// into 128.
/// </summary>
public sealed class Latencies
{
    private const int SubBuckets = 128;
    private const int SubBucketBits = 7;

    private readonly long[] _counts = new long[64 * SubBuckets];

    public long Count { get; private set; }

    public void Add(double microseconds)
    {
        _counts[IndexOf((long)Math.Max(0, microseconds))]++;
        Count++;
    }

    /// <summary>The value below which the share lies, in microseconds; 0 when nothing was added.</summary>
    public double Quantile(double share)
    {
        var target = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var i = 0; i < _counts.Length && Count > 0; i++)
        {
            seen += _counts[i];
            if (seen >= target)
            {
                return ValueOf(i);
            }
        }

        return 0;
    }

    private static int IndexOf(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }

        var shift = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value) - SubBucketBits;
        return ((shift + 1) * SubBuckets) + (int)((value >> shift) - SubBuckets);
    }

    private static double ValueOf(int index)
    {
        var shift = (index / SubBuckets) - 1;
        return shift < 0 ? index : ((index % SubBuckets) + SubBuckets + 0.5) * (1L << shift);
    }
}
