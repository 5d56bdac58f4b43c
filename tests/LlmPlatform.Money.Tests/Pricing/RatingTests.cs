using System.Numerics;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Money.Tests.Pricing;

public class RatingTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void A_cost_is_the_plain_sum_of_quantity_times_price()
    {
        var price = new Price
        {
            VersionId = "v",
            Sku = "s",
            EffectiveFrom = DateTimeOffset.UnixEpoch,
            Input = 2.50m,
            CachedInput = 1.25m,
            CacheWrite5m = 3.125m,
            CacheWrite1h = 5m,
            Output = 10m,
            Reasoning = 11m,
            AudioInput = 40m,
            AudioOutput = 80m,
            Request = 0.001m,
        };
        var usage = new TokenUsage
        {
            InputUncached = 1,
            CacheRead = 10,
            CacheWrite5m = 100,
            CacheWrite1h = 1_000,
            OutputText = 10_000,
            OutputReasoning = 100_000,
            AudioIn = 1_000_000,
            AudioOut = 10_000_000,
        };

        Assert.Equal(841.2063275m, Rating.CostUsd(usage, price));
        Assert.Equal(0.001m, Rating.CostUsd(TokenUsage.None, price));
    }

    [Fact]
    public void A_cost_is_exact_to_the_last_digit()
    {
        var random = new Random(4);
        for (var i = 0; i < Rounds; i++)
        {
            var (price, usage) = (RandomPrice(random), RandomUsage(random));

            // Both sides in units of 10⁻¹² USD, where every price and every cost is whole.
            Assert.Equal(ExactCost(usage, price), Whole(Rating.CostUsd(usage, price), digits: 12));
        }
    }

    [Fact]
    public void The_worst_case_covers_every_way_to_split_the_tokens_among_meters()
    {
        var random = new Random(5);
        for (var i = 0; i < Rounds; i++)
        {
            var price = RandomPrice(random) with { WebSearch = random.Next(40), WebFetch = random.Next(2) };
            var usage = RandomUsage(random) with { WebSearches = random.Next(9), WebFetches = random.Next(9) };
            var held = Rating.WorstCaseNanoUsd(
                usage.TotalInput, usage.TotalOutput, price, usage.WebSearches, usage.WebFetches);

            Assert.True(
                held >= NanoUsd.CeilingFromUsd(Rating.CostUsd(usage, price)),
                $"{usage} at {price} costs more than the {held} nano-USD held for it.");
        }
    }

    [Fact]
    public void The_worst_case_is_what_the_dearest_meters_cost_and_no_more()
    {
        var random = new Random(6);
        for (var i = 0; i < Rounds; i++)
        {
            var price = RandomPrice(random);
            var (input, output) = (random.Next(1_000_000), random.Next(1_000_000));
            var dearest = InputMeters(input)
                .SelectMany(_ => OutputMeters(output), (incoming, outgoing) => Rating.CostUsd(
                    incoming with
                    {
                        OutputText = outgoing.OutputText,
                        OutputReasoning = outgoing.OutputReasoning,
                        AudioOut = outgoing.AudioOut,
                        ImageOut = outgoing.ImageOut,
                    },
                    price))
                .Max();

            Assert.Equal(NanoUsd.CeilingFromUsd(dearest), Rating.WorstCaseNanoUsd(input, output, price));
        }
    }

    [Fact]
    public void A_meter_without_a_price_of_its_own_is_never_free()
    {
        var price = new Price
        {
            VersionId = "v",
            Sku = "s",
            EffectiveFrom = DateTimeOffset.UnixEpoch,
            Input = 3m,
            Output = 7m,
        };

        Assert.All(InputMeters(1_000_000), usage => Assert.Equal(3m, Rating.CostUsd(usage, price)));
        Assert.All(OutputMeters(1_000_000), usage => Assert.Equal(7m, Rating.CostUsd(usage, price)));
        Assert.Equal(
            5m, Rating.CostUsd(new TokenUsage { CacheWrite1h = 1_000_000 }, price with { CacheWrite5m = 5m }));
    }

    [Theory]
    [InlineData(null, null, 200_000, 3)]
    [InlineData("default", null, 200_001, 6)]
    [InlineData("batch", null, 200_001, 2)]
    [InlineData("BATCH", "eu", 10, 2)]
    [InlineData(null, "EU", 10, 4)]
    [InlineData(null, "eu", 299_999, 4)]
    [InlineData(null, "eu", 300_000, 5)]
    [InlineData(null, "us", 300_000, 6)]
    [InlineData("flex", null, 10, null)]
    public void The_rates_of_a_call_are_those_of_its_tier_its_region_and_its_size(
        string? tier, string? region, long input, int? expected)
    {
        var price = Flat(3m) with
        {
            Variants =
            [
                Variant(6m) with { InputOver = 200_000 },
                Variant(5m) with { Region = "eu", InputFrom = 300_000 },
                Variant(4m) with { Region = "eu" },
                Variant(2m) with { ServiceTier = "batch" },
            ],
        };
        foreach (var shuffled in new[] { price, price with { Variants = [.. price.Variants.Reverse()] } })
        {
            var rates = shuffled.RatesFor(input, tier, region);
            Assert.Equal(expected, rates?.Input);
            Assert.Equal(
                expected * input / 1_000_000m,
                Rating.CostUsd(new TokenUsage { InputUncached = 1, CacheRead = input - 1 }, shuffled, tier, region));
        }
    }

    [Fact]
    public void The_worst_case_covers_every_threshold_and_region_a_call_may_come_under()
    {
        var random = new Random(8);
        for (var i = 0; i < Rounds; i++)
        {
            var price = RandomPrice(random) with
            {
                Variants =
                [
                    Variant(Amount(random)) with { InputOver = random.Next(1, 2000) },
                    Variant(Amount(random)) with { InputFrom = random.Next(1, 2000), Region = "eu" },
                    Variant(Amount(random)) with { ServiceTier = "batch" },
                ],
            };
            var usage = new TokenUsage { InputUncached = random.Next(2000), ImageOut = random.Next(2000) };
            var cost = Rating.CostUsd(usage, price, null, random.Next(2) == 0 ? "eu" : null)!.Value;
            var held = Rating.WorstCaseNanoUsd(usage.TotalInput + random.Next(10), usage.TotalOutput, price);

            Assert.True(held >= NanoUsd.CeilingFromUsd(cost), $"{usage} at {price} costs more than {held} nano-USD.");
        }
    }

    [Fact]
    public void A_worst_case_that_no_counter_holds_is_refused_rather_than_wrapped() =>
        Assert.Throws<OverflowException>(() => Rating.WorstCaseNanoUsd(1, long.MaxValue, RandomPrice(new Random(7))));

    private static Price Flat(decimal amount) =>
        new() { VersionId = "v", Sku = "s", EffectiveFrom = DateTimeOffset.UnixEpoch, Input = amount, Output = amount };

    private static PriceVariant Variant(decimal amount) => new() { Input = amount, Output = amount };

    private static IEnumerable<TokenUsage> InputMeters(long tokens) =>
    [
        new() { InputUncached = tokens },
        new() { CacheRead = tokens },
        new() { CacheWrite5m = tokens },
        new() { CacheWrite1h = tokens },
        new() { AudioIn = tokens },
        new() { ImageIn = tokens },
    ];

    private static IEnumerable<TokenUsage> OutputMeters(long tokens) =>
    [
        new() { OutputText = tokens },
        new() { OutputReasoning = tokens },
        new() { AudioOut = tokens },
        new() { ImageOut = tokens },
    ];

    [Fact]
    public void What_was_searched_and_fetched_costs_its_fee_and_without_one_the_call_has_no_price()
    {
        var usage = new TokenUsage { InputUncached = 1000, WebSearches = 3, WebFetches = 7 };
        var price = new Price
        {
            VersionId = "v", Sku = "s", EffectiveFrom = DateTimeOffset.UnixEpoch, Input = 2m, Output = 0m,
            WebSearch = 10m, WebFetch = 0.5m,
            Variants = [new PriceVariant { ServiceTier = "batch", Input = 1m, Output = 0m, WebSearch = 10m }],
        };

        Assert.Equal(0.002m + 0.03m + 0.0035m, Rating.CostUsd(usage, price, null, null));
        Assert.Null(Rating.CostUsd(usage, price with { WebFetch = null }, null, null));
        Assert.Null(Rating.CostUsd(usage, price with { WebSearch = null }, null, null));
        Assert.Null(Rating.CostUsd(usage, price, "batch", null));

        // What budgets are charged all the same: everything that is known.
        Assert.Equal(0.001m + 0.03m, Rating.KnownCostUsd(usage, price, "batch", null));
        Assert.Equal(0.002m + 0.03m, Rating.KnownCostUsd(usage, price with { WebFetch = null }, "flex", null));
        Assert.Equal(0.0m, Rating.CostUsd(new TokenUsage(), price with { WebFetch = null }, null, null));
    }

    /// <summary>The same sum in whole numbers only, from the documented fall-backs.</summary>
    private static BigInteger ExactCost(TokenUsage usage, Price price)
    {
        var input = Whole(price.Input, digits: 6);
        var output = Whole(price.Output, digits: 6);
        var write5m = Whole(price.CacheWrite5m, digits: 6) ?? input;
        return (usage.InputUncached * input)
            + (usage.CacheRead * (Whole(price.CachedInput, digits: 6) ?? input))
            + (usage.CacheWrite5m * write5m)
            + (usage.CacheWrite1h * (Whole(price.CacheWrite1h, digits: 6) ?? write5m))
            + (usage.AudioIn * (Whole(price.AudioInput, digits: 6) ?? input))
            + (usage.ImageIn * (Whole(price.ImageInput, digits: 6) ?? input))
            + (usage.ImageOut * (Whole(price.ImageOutput, digits: 6) ?? output))
            + (usage.OutputText * output)
            + (usage.OutputReasoning * (Whole(price.Reasoning, digits: 6) ?? output))
            + (usage.AudioOut * (Whole(price.AudioOutput, digits: 6) ?? output))
            + Whole(price.Request, digits: 12);
    }

    /// <summary>A decimal as a whole number of 10⁻ᵈ, read from its digits.</summary>
    private static BigInteger Whole(decimal value, int digits)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var coefficient = new BigInteger((uint)bits[2]) << 64 | new BigInteger((uint)bits[1]) << 32 | (uint)bits[0];
        var scale = value.Scale;
        if (scale <= digits)
            return coefficient * BigInteger.Pow(10, digits - scale);
        var whole = BigInteger.DivRem(coefficient, BigInteger.Pow(10, scale - digits), out var rest);
        Assert.True(rest.IsZero, $"{value} has more than {digits} decimals.");
        return whole;
    }

    private static BigInteger? Whole(decimal? value, int digits) => value is { } given ? Whole(given, digits) : null;

    private static Price RandomPrice(Random random) => new()
    {
        VersionId = "v",
        Sku = "s",
        EffectiveFrom = DateTimeOffset.UnixEpoch,
        Input = Amount(random),
        Output = Amount(random),
        CachedInput = Perhaps(random),
        CacheWrite5m = Perhaps(random),
        CacheWrite1h = Perhaps(random),
        Reasoning = Perhaps(random),
        AudioInput = Perhaps(random),
        AudioOutput = Perhaps(random),
        ImageInput = Perhaps(random),
        ImageOutput = Perhaps(random),
        Request = random.Next(3) == 0 ? Amount(random) / 1000m : 0m,
    };

    /// <summary>0 to 999.999999.</summary>
    private static decimal Amount(Random random) =>
        new(random.Next(1_000_000_000), 0, 0, isNegative: false, scale: 6);

    private static decimal? Perhaps(Random random) => random.Next(2) == 0 ? null : Amount(random);

    private static TokenUsage RandomUsage(Random random) => new()
    {
        InputUncached = Tokens(random),
        CacheRead = Tokens(random),
        CacheWrite5m = Tokens(random),
        CacheWrite1h = Tokens(random),
        OutputText = Tokens(random),
        OutputReasoning = Tokens(random),
        AudioIn = Tokens(random),
        AudioOut = Tokens(random),
        ImageIn = Tokens(random),
        ImageOut = Tokens(random),
    };

    /// <summary>Few or many: up to ten billion, evenly over the orders of magnitude.</summary>
    private static long Tokens(Random random) => random.NextInt64((long)Math.Pow(10, random.Next(0, 11)));
}
