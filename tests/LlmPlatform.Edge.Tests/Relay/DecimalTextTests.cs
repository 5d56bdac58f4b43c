using System.Globalization;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Tests.Relay;

public sealed class DecimalTextTests
{
    [Fact]
    public void An_amount_is_written_as_the_pattern_for_decimals_would_write_it()
    {
        var random = new Random(20261121);
        long[] edges = [0, 1, 9, 10, 999, 1000, 1001, 999_999_999, 1_000_000_000, 1_000_000_001, long.MaxValue];
        var others = Enumerable.Range(0, 500).Select(_ => random.NextInt64() >> random.Next(63));
        foreach (var amount in edges.Concat(others))
        {
            Assert.Equal(
                (amount / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture),
                DecimalText.OfBillionths(amount));
            Assert.Equal(
                (amount / 1_000m).ToString("0.###", CultureInfo.InvariantCulture), DecimalText.OfThousandths(amount));
        }
    }
}
