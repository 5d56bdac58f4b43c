namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// One number with labels. Whether it is whole is known to its family, which calls the methods of one type only.
/// </summary>
internal sealed class NumberSeries(string labels)
{
    private long _bits;

    public string Labels => labels;

    public void Add(long value) => Interlocked.Add(ref _bits, value);

    public void Add(double value) => AtomicDouble.Add(ref _bits, value);

    public void Set(long value) => Interlocked.Exchange(ref _bits, value);

    public void Set(double value) => AtomicDouble.Write(ref _bits, value);

    public long ReadLong() => Interlocked.Read(ref _bits);

    public double ReadDouble() => AtomicDouble.Read(ref _bits);
}
