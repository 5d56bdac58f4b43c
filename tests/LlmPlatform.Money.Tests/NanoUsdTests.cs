using System.Globalization;
using System.Numerics;

namespace LlmPlatform.Money.Tests;

public class NanoUsdTests
{
    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("1", 1_000_000_000, 1_000_000_000)]
    [InlineData("0.000000001", 1, 1)]
    [InlineData("0.0000000005", 0, 1)]
    [InlineData("0.0000000015", 2, 2)]
    [InlineData("0.0000000025", 2, 3)]
    [InlineData("0.00000000250000000001", 3, 3)]
    [InlineData("0.000000000000000000000000001", 0, 1)]
    [InlineData("-0.0000000005", 0, 0)]
    [InlineData("-0.0000000015", -2, -1)]
    [InlineData("9223372036.854775807", long.MaxValue, long.MaxValue)]
    [InlineData("-9223372036.854775808", long.MinValue, long.MinValue)]
    public void Dollars_round_half_to_even_and_holds_round_up(string usd, long rounded, long ceiling)
    {
        var amount = decimal.Parse(usd, CultureInfo.InvariantCulture);

        Assert.Equal(rounded, NanoUsd.FromUsd(amount));
        Assert.Equal(ceiling, NanoUsd.CeilingFromUsd(amount));
    }

    [Theory]
    [InlineData("9223372036.854775809")]
    [InlineData("9223372037")]
    [InlineData("79228162514264337593543950335")]
    public void An_amount_beyond_64_bits_is_refused_rather_than_wrapped(string usd)
    {
        var amount = decimal.Parse(usd, CultureInfo.InvariantCulture);

        Assert.Throws<OverflowException>(() => NanoUsd.FromUsd(amount));
        Assert.Throws<OverflowException>(() => NanoUsd.CeilingFromUsd(amount));
        Assert.Throws<OverflowException>(() => NanoUsd.FromUsd(-amount));
    }

    [Fact]
    public void Nano_dollars_come_back_from_dollars_as_they_were()
    {
        var random = new Random(1);
        foreach (var nanoUsd in Enumerable.Range(0, 20_000).Select(_ => random.NextInt64() - random.NextInt64()))
        {
            Assert.Equal(nanoUsd, NanoUsd.FromUsd(NanoUsd.ToUsd(nanoUsd)));
            Assert.Equal(nanoUsd, NanoUsd.CeilingFromUsd(NanoUsd.ToUsd(nanoUsd)));
        }
    }

    [Fact]
    public void Rounding_is_the_nearest_whole_and_the_ceiling_the_smallest_that_is_not_less()
    {
        var random = new Random(2);
        for (var i = 0; i < 20_000; i++)
        {
            var scale = (byte)random.Next(0, 29);
            var high = scale < 19 ? 0 : random.Next();
            var usd = new decimal(random.Next(), random.Next(), high, random.Next(2) == 0, scale);
            var (numerator, denominator) = (Coefficient(usd) * NanoUsd.PerUsd, BigInteger.Pow(10, scale));
            if (BigInteger.Abs(numerator / denominator) >= long.MaxValue)
                continue;

            Assert.Equal((long)-Floor(-numerator, denominator), NanoUsd.CeilingFromUsd(usd));
            Assert.Equal((long)HalfToEven(numerator, denominator), NanoUsd.FromUsd(usd));
        }
    }

    private static BigInteger Coefficient(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var magnitude = new BigInteger((uint)bits[2]) << 64 | new BigInteger((uint)bits[1]) << 32 | (uint)bits[0];
        return bits[3] < 0 ? -magnitude : magnitude;
    }

    private static BigInteger Floor(BigInteger numerator, BigInteger denominator)
    {
        var whole = BigInteger.DivRem(numerator, denominator, out var rest);
        return rest < 0 ? whole - 1 : whole;
    }

    private static BigInteger HalfToEven(BigInteger numerator, BigInteger denominator)
    {
        var whole = Floor(numerator, denominator);
        var twice = 2 * (numerator - (whole * denominator));
        return twice > denominator || (twice == denominator && !whole.IsEven) ? whole + 1 : whole;
    }
}
