using LlmPlatform.Audit.Trail;
using LlmPlatform.Audit.Verification;

namespace LlmPlatform.Audit.Tests.Verification;

public sealed class ChainWalkTests
{
    private static readonly DateTimeOffset RecordedAt = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_chain_as_it_was_written_holds() => Assert.Null(FirstFault(Chain(20)));

    [Fact]
    public void Any_byte_of_what_is_sealed_altered_in_any_record_is_found_there()
    {
        var chain = Chain(3);
        for (var place = 0; place < chain.Count; place++)
        {
            foreach (var part in Parts(chain[place]))
            {
                for (var index = 0; index < part.Length; index++)
                {
                    part[index] ^= 1;
                    var fault = FirstFault(chain);
                    part[index] ^= 1;

                    Assert.Equal((place + 1, ChainFaultKind.Altered), (fault?.Sequence, fault?.Kind));
                }
            }
        }
    }

    [Fact]
    public void A_missing_record_is_found_where_it_was()
    {
        var chain = Chain(5);
        chain.RemoveAt(2);

        var fault = FirstFault(chain);

        Assert.Equal((3, ChainFaultKind.Gap), (fault?.Sequence, fault?.Kind));
    }

    private static byte[][] Parts(AuditRecord record) => [record.Content, record.PreviousHash, record.Hash];

    private static List<AuditRecord> Chain(int length)
    {
        var chain = new List<AuditRecord>();
        var hash = ChainHash.Genesis.ToArray();
        foreach (var entry in Events.Requests(length))
        {
            // A chain shares the array of a hash with the next record; here each has its own, to be altered alone.
            chain.Add(entry.ToRecord(chain.Count + 1, [.. hash], RecordedAt));
            hash = chain[^1].Hash;
        }

        return chain;
    }

    private static ChainFault? FirstFault(List<AuditRecord> chain)
    {
        var walk = new ChainWalk(1, ChainHash.Genesis.ToArray());
        return chain.Select(walk.Take).FirstOrDefault(fault => fault is not null);
    }
}
