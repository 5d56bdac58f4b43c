using LlmPlatform.Edge.Settlement;

namespace LlmPlatform.Edge.Tests.Settlement;

public sealed class SpoolAgeTests
{
    private static readonly DateTimeOffset _start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void What_waits_is_as_old_as_the_first_question_that_it_was_there_for()
    {
        var age = new SpoolAge();

        Assert.Equal(TimeSpan.Zero, Ask(minute: 0, numbered: 100, pending: 0));
        Assert.Equal(TimeSpan.Zero, Ask(minute: 1, numbered: 110, pending: 10));
        Assert.Equal(TimeSpan.FromMinutes(1), Ask(minute: 2, numbered: 120, pending: 15));

        // All of the first question is taken, some of the second not.
        Assert.Equal(TimeSpan.FromMinutes(1), Ask(minute: 3, numbered: 120, pending: 10));
        Assert.Equal(TimeSpan.Zero, Ask(minute: 4, numbered: 120, pending: 0));
        Assert.Equal(TimeSpan.Zero, Ask(minute: 60, numbered: 130, pending: 10));

        TimeSpan Ask(int minute, long numbered, long pending) =>
            age.Of(numbered, pending, _start.AddMinutes(minute));
    }
}
