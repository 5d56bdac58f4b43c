using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Health;

namespace LlmPlatform.Router.Tests.Health;

public sealed class ProviderHealthTests
{
    private static readonly ProviderHealthConfiguration Rules = new() { HealthyAfter = 2, UnhealthyAfter = 3 };

    [Theory]
    [InlineData("good", true)]
    [InlineData("bad bad", true)]
    [InlineData("bad bad bad", false)]
    [InlineData("bad bad good bad bad", true)]
    [InlineData("bad bad bad good", false)]
    [InlineData("bad bad bad good bad good", false)]
    [InlineData("bad bad bad good good", true)]
    [InlineData("bad bad bad good good bad bad", true)]
    public void A_provider_changes_after_enough_probes_in_a_row_that_speak_against_it(string probes, bool up)
    {
        var health = new ProviderHealth { Provider = "p" };
        foreach (var probe in probes.Split(' '))
            health.Count(Probe(probe == "good", DateTimeOffset.UnixEpoch.AddHours(1)), Rules);

        Assert.Equal(up, health.Up);
    }

    [Fact]
    public void Since_tells_when_it_changed_and_the_last_probe_what_was_seen()
    {
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var health = new ProviderHealth { Provider = "p" };

        var changes = Enumerable.Range(0, 5)
            .Select(probe => health.Count(Probe(good: false, start.AddSeconds(probe)), Rules))
            .ToList();

        Assert.Equal([false, false, true, false, false], changes);
        Assert.Equal(start.AddSeconds(2), health.Since);
        Assert.Equal(start.AddSeconds(4), health.LastProbeAt);
        Assert.Equal("bad", health.LastOutcome);
    }

    private static ProbeResult Probe(bool good, DateTimeOffset at) => new(good, good ? "good" : "bad", at);
}
