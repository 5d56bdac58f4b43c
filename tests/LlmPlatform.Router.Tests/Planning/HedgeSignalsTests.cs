using LlmPlatform.Router.Client;

namespace LlmPlatform.Router.Tests.Planning;

public sealed class HedgeSignalsTests
{
    private static readonly RoutedHedging Hedging = new()
    {
        Initial = TimeSpan.FromSeconds(2),
        Floor = TimeSpan.FromMilliseconds(100),
        Percent = 10,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_wait_is_what_95_of_100_answers_stay_within_to_one_part_in_ten(int seed)
    {
        var chance = new Random(seed);
        var signals = new HedgeSignals();
        var seen = new List<double>();
        Assert.Equal(Hedging.Initial, signals.WaitFor(Hedging, isStream: true));
        for (var answer = 0; answer < 900; answer++)
        {
            seen.Add(Math.Exp(4 + (3 * chance.NextDouble())) + 100);
            signals.Observe(TimeSpan.FromMilliseconds(seen[^1]), isStream: true, Hedging.Percent);
        }

        var exact = seen.Order().ElementAt(seen.Count * 95 / 100);
        Assert.InRange(signals.WaitFor(Hedging, isStream: true).TotalMilliseconds, exact / 1.11, exact * 1.11);
        Assert.Equal(Hedging.Initial, signals.WaitFor(Hedging, isStream: false));
    }

    [Fact]
    public void What_became_quick_is_waited_for_less_and_never_less_than_the_floor()
    {
        var signals = new HedgeSignals();
        for (var answer = 0; answer < 500; answer++)
            signals.Observe(TimeSpan.FromSeconds(3), isStream: true, Hedging.Percent);
        Assert.InRange(signals.WaitFor(Hedging, isStream: true).TotalSeconds, 2.7, 3.3);

        for (var answer = 0; answer < 10_000; answer++)
            signals.Observe(TimeSpan.FromMilliseconds(5), isStream: true, Hedging.Percent);
        Assert.Equal(Hedging.Floor, signals.WaitFor(Hedging, isStream: true));
    }

    [Fact]
    public void No_more_are_hedged_than_ten_at_once_and_their_share_of_the_calls()
    {
        var signals = new HedgeSignals();
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => signals.TryTake()));

        var hedged = 0;
        for (var answer = 0; answer < 1000; answer++)
        {
            signals.Observe(TimeSpan.FromSeconds(1), isStream: false, Hedging.Percent);
            hedged += signals.TryTake() ? 1 : 0;
        }

        Assert.Equal(100, hedged);
    }
}
