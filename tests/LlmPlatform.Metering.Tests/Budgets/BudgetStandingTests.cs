using LlmPlatform.Metering.Budgets;
using LlmPlatform.Metering.Limits;

namespace LlmPlatform.Metering.Tests.Budgets;

public sealed class BudgetStandingTests
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(799_999_999, 0, false)]
    [InlineData(800_000_000, 1, false)]
    [InlineData(999_999_999, 2, false)]
    [InlineData(1_000_000_000, 3, true)]
    [InlineData(1_200_000_000, 4, true)]
    public void A_threshold_is_reached_at_exactly_its_share(long spent, int reached, bool exhausted)
    {
        var standing = BudgetStanding.Of(Budget(Given.Usd), spent, isRefused: false, _now);

        Assert.Equal((reached, exhausted), (standing.ThresholdsReached, standing.IsExhausted));
    }

    [Fact]
    public void Amounts_beyond_what_a_product_of_64_bits_holds_are_compared_exactly()
    {
        const long Billion = 1_000_000_000L * Given.Usd;

        Assert.Equal(2, BudgetStanding.Of(Budget(Billion), Billion - 1, isRefused: false, _now).ThresholdsReached);
        Assert.Equal(3, BudgetStanding.Of(Budget(Billion), Billion, isRefused: false, _now).ThresholdsReached);
    }

    [Fact]
    public void A_refusal_reaches_all_up_to_the_whole_and_nothing_beyond()
    {
        var budget = Budget(Given.Usd);

        Assert.Equal([8_000, 9_000, 10_000], BudgetStanding.ThresholdsReachedBy(budget, 0, isRefused: true, _now));
        Assert.True(BudgetStanding.Of(budget, 0, isRefused: true, _now).IsExhausted);
    }

    private static Budget Budget(long limitNanoUsd)
    {
        var budget = Metering.Limits.Budget.Named("b", "global", countsTokens: false, DateTimeOffset.UnixEpoch);
        budget.Declare(
            BudgetTerms.Of(Given.Budget()) with
            {
                LimitNanoUsd = limitNanoUsd,
                ThresholdBasisPoints = [8_000, 9_000, 10_000, 12_000],
            },
            DeclaredBy.Api,
            DateTimeOffset.UnixEpoch);
        return budget;
    }
}
