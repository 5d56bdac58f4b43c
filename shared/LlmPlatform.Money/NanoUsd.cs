namespace LlmPlatform.Money;

/// <summary>
/// Conversions between US dollars and the integer nano-dollars (10⁻⁹ USD) that counters, holds and limits are kept in.
/// A 64-bit count reaches 9.2 billion dollars.
/// </summary>
public static class NanoUsd
{
    /// <summary>Nano-dollars in a dollar.</summary>
    public const long PerUsd = 1_000_000_000;

    /// <summary>Rounds half to even: the error of many roundings does not drift.</summary>
    /// <exception cref="OverflowException">The amount does not fit 64 bits.</exception>
    public static long FromUsd(decimal usd) =>
        decimal.ToInt64(decimal.Round(usd * PerUsd, 0, MidpointRounding.ToEven));

    /// <summary>Rounds up: for holds, which must never be smaller than what they stand for.</summary>
    /// <exception cref="OverflowException">The amount does not fit 64 bits.</exception>
    public static long CeilingFromUsd(decimal usd) => decimal.ToInt64(decimal.Ceiling(usd * PerUsd));

    /// <summary>Exact.</summary>
    public static decimal ToUsd(long nanoUsd) => (decimal)nanoUsd / PerUsd;
}
