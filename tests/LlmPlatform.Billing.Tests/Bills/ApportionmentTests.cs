using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Tests.Bills;

public sealed class ApportionmentTests
{
    [Fact]
    public void Rounded_parts_add_up_to_the_rounded_total_and_none_is_a_coin_off()
    {
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var decimals = random.Next(4);
            var coin = new decimal(1, 0, 0, false, (byte)decimals);
            var exact = Enumerable.Range(0, random.Next(1, 20))
                .Select(_ => new decimal(random.Next(-1_000_000, 100_000_000), 0, 0, false, 12) * random.Next(1, 1000))
                .ToList();
            var total = decimal.Round(exact.Sum(), decimals, MidpointRounding.ToEven);

            var parts = Apportionment.Of(total, exact, decimals);

            Assert.Equal(total, parts.Sum());
            Assert.All(exact.Zip(parts), pair => Assert.True(Math.Abs(pair.First - pair.Second) < coin));
        }
    }

    [Fact]
    public void Three_equal_thirds_of_a_dollar_are_34_33_and_33_cents() =>
        Assert.Equal([0.34m, 0.33m, 0.33m], Apportionment.Of(1m, [1m / 3, 1m / 3, 1m / 3], 2));

    [Fact]
    public void Parts_of_another_total_are_a_fault_and_not_a_guess() =>
        Assert.Throws<InvalidOperationException>(() => Apportionment.Of(2m, [0.5m, 0.5m], 2));
}
