using LlmPlatform.Router.Client;
using static LlmPlatform.Router.Tests.Planning.Snapshots;

namespace LlmPlatform.Router.Tests.Planning;

public sealed class CircuitTests
{
    private static readonly CircuitSettings Circuit = new(Failures: 5, TimeSpan.FromSeconds(60));

    private readonly DeploymentSignals _signals = new();

    [Fact]
    public void It_opens_with_the_last_of_so_many_failures_in_a_row()
    {
        for (var failure = 0; failure < 4; failure++)
            Assert.False(_signals.Failed(0, Circuit));
        _signals.Answered();
        for (var failure = 0; failure < 4; failure++)
            Assert.False(_signals.Failed(0, Circuit));
        Assert.Equal(DeploymentPermit.Granted, _signals.TryEnter(0));

        Assert.True(_signals.Failed(0, Circuit));

        Assert.Equal(DeploymentStanding.Open, _signals.StandingAt(1));
        Assert.Equal(DeploymentPermit.RefusedOpen, _signals.TryEnter(1));
    }

    [Fact]
    public void After_its_recovery_one_call_tries_and_what_comes_of_it_decides()
    {
        Open();
        var back = Circuit.Recovery.Ticks;

        var permits = new DeploymentPermit[64];
        Parallel.For(0, permits.Length, call => permits[call] = _signals.TryEnter(back));

        Assert.Single(permits, permit => permit == DeploymentPermit.Trial);
        Assert.True(_signals.Failed(back, Circuit) is false && _signals.IsOpen);
        Assert.Equal(DeploymentPermit.RefusedOpen, _signals.TryEnter((2 * back) - 1));
        Assert.Equal(DeploymentPermit.Trial, _signals.TryEnter(2 * back));
        _signals.Succeeded(2 * back, TimeSpan.FromSeconds(1), isStream: true);
        Assert.Equal(DeploymentPermit.Granted, _signals.TryEnter(2 * back));
    }

    [Fact]
    public void A_trial_that_says_nothing_is_made_again()
    {
        Open();
        Assert.Equal(DeploymentPermit.Trial, _signals.TryEnter(Circuit.Recovery.Ticks));

        _signals.GiveUpTrial();

        Assert.Equal(DeploymentPermit.Trial, _signals.TryEnter(Circuit.Recovery.Ticks));
    }

    [Fact]
    public void What_asked_to_be_left_alone_is_and_what_is_avoided_is_called_where_there_is_nothing_else()
    {
        _signals.Cool(10);
        _signals.Cool(5);
        Assert.Equal(DeploymentPermit.RefusedCooling, _signals.TryEnter(9));
        Assert.Equal(DeploymentPermit.Granted, _signals.TryEnter(10));

        _signals.Avoid(20);
        Assert.Equal(DeploymentStanding.Cooling, _signals.StandingAt(19));
        Assert.Equal(DeploymentPermit.Granted, _signals.TryEnter(19));
    }

    [Fact]
    public void What_must_not_be_called_is_planned_last_and_comes_back_to_its_place()
    {
        var book = new SignalBook();
        var planner = new RoutePlanner(
            Of([Provider("a"), Provider("b"), Provider("c")],
                Model("asked", On("a", priority: 1), On("b", priority: 2), On("c", priority: 3))),
            book);
        for (var failure = 0; failure < 5; failure++)
            book.Of("a", "m").Failed(0, Circuit);

        Assert.Equal(["b", "c", "a"], At(1));
        Assert.Equal(["a", "b", "c"], At(Circuit.Recovery.Ticks));

        IEnumerable<string> At(long now) =>
            planner.Plan(new RouteRequest { Model = "asked", NowTicks = now }).Candidates.Providers();
    }

    [Fact]
    public void Repeats_are_bounded_by_answers()
    {
        var taken = Enumerable.Range(0, 50).Count(_ => _signals.TryTakeRetry());
        for (var answer = 0; answer < 100; answer++)
            _signals.Answered();
        var again = Enumerable.Range(0, 50).Count(_ => _signals.TryTakeRetry());

        Assert.Equal((10, 10), (taken, again));
    }

    private void Open()
    {
        for (var failure = 0; failure < Circuit.Failures; failure++)
            _signals.Failed(0, Circuit);
    }
}
