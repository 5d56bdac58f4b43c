using LlmPlatform.Edge.Settlement;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Tests.Settlement;

public sealed class RecentUsageTests
{
    private readonly RecentUsage _recent = new(4, from: 64);

    [Fact]
    public void What_was_appended_is_taken_in_order_and_no_further_than_the_device_has_it()
    {
        Append(1, 2, 3);
        Assert.Equal<int>([1, 2], Take(from: 64, limit: 250, out var reached));
        Assert.Equal(new SpoolPosition(250, 3), reached);
        Assert.Equal<int>([3], Take(reached.Position, limit: 1000, out reached));
        Assert.Equal(new SpoolPosition(1000, 4), reached);
    }

    [Fact]
    public void A_round_takes_no_more_than_it_was_asked_for()
    {
        Append(1, 2, 3);
        Assert.Equal<int>([1, 2], Take(from: 64, limit: 1000, out var reached, most: 2));
        Assert.Equal(new SpoolPosition(200, 3), reached);
    }

    [Fact]
    public void What_no_longer_fits_is_only_in_the_file()
    {
        Append(1, 2, 3, 4, 5);
        Assert.Null(Take(from: 64, limit: 1000, out _));
        Assert.Equal<int>([2, 3, 4, 5], Take(from: 100, limit: 1000, out _));
    }

    [Fact]
    public void What_came_before_a_record_that_only_the_file_knows_is_read_there_too()
    {
        Append(1);
        _recent.Add(end: 200, sequence: 2, usage: null);
        Append(3);
        Assert.Null(Take(from: 64, limit: 1000, out _));
        Assert.Equal<int>([3], Take(from: 200, limit: 1000, out _));
    }

    [Fact]
    public void What_was_settled_from_the_file_is_not_taken_again()
    {
        Append(1, 2, 3);
        Assert.Equal<int>([3], Take(from: 200, limit: 1000, out _));
        Assert.Null(Take(from: 64, limit: 1000, out _));
    }

    // The record with a sequence ends at a hundred times that.
    private void Append(params int[] sequences)
    {
        foreach (var sequence in sequences)
        {
            _recent.Add(100 * sequence, sequence, UsageSettlement.Of(Recorded.Usage(Recorded.NewRequest())) with
            {
                EventVersion = sequence,
            });
        }
    }

    private List<int>? Take(long from, long limit, out SpoolPosition reached, int most = 100)
    {
        reached = new SpoolPosition(from, 0);
        var round = new List<UsageSettlement>();
        return _recent.TryTake(ref reached, limit, round, most) ? round.ConvertAll(one => one.EventVersion) : null;
    }
}
