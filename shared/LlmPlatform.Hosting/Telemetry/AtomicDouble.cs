namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// A floating-point number kept as the bits of a <see cref="long"/>, for which there are atomic operations.
/// </summary>
internal static class AtomicDouble
{
    public static double Read(ref long bits) => BitConverter.Int64BitsToDouble(Interlocked.Read(ref bits));

    public static void Write(ref long bits, double value) =>
        Interlocked.Exchange(ref bits, BitConverter.DoubleToInt64Bits(value));

    public static void Add(ref long bits, double value)
    {
        var seen = Volatile.Read(ref bits);
        while (true)
        {
            var sum = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + value);
            var before = Interlocked.CompareExchange(ref bits, sum, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
