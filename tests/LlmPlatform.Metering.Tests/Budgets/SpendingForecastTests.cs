using LlmPlatform.Metering.Budgets;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Money;

namespace LlmPlatform.Metering.Tests.Budgets;

public sealed class SpendingForecastTests
{
    private static readonly DateTimeOffset _starts = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(10, 50, 150, null)]
    [InlineData(10, 100, 300, 20)]
    [InlineData(20, 200, 300, 20)]
    [InlineData(10, 0, 0, null)]
    public void A_period_goes_on_as_it_went(int day, int spent, int atEnd, int? exhaustedOnDay)
    {
        var forecast = Forecast(_starts.AddDays(day), spent)!;

        Assert.Equal(atEnd, forecast.SpentUsd);
        Assert.Equal(exhaustedOnDay is { } days ? _starts.AddDays(days) : null, forecast.ExhaustedAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void Nothing_is_said_of_a_period_that_has_hardly_begun_or_is_over(int day) =>
        Assert.Null(Forecast(_starts.AddDays(day), 10));

    private static SpendingForecast? Forecast(DateTimeOffset now, int spentUsd)
    {
        var budget = Budget.Named("b", "global", countsTokens: false, _starts);
        budget.Declare(BudgetTerms.Of(Given.Budget(limitUsd: 200)), DeclaredBy.Api, _starts);
        return SpendingForecast.Of(budget, spentUsd * NanoUsd.PerUsd, _starts, _starts.AddDays(30), now);
    }
}
