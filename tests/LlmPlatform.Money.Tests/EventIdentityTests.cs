namespace LlmPlatform.Money.Tests;

/// <summary>
/// The expected ids were computed with another implementation (Python's uuid and hashlib). They name facts in stores
/// and queues: none of them may ever change.
/// </summary>
public class EventIdentityTests
{
    private static readonly Guid _request = new("01890a5d-ac96-774b-bcce-b302099a8057");

    [Theory]
    [InlineData(1, 0, "c106fe45-f7a3-53d9-9d1b-ce19fd872bac")]
    [InlineData(2, 0, "9508f1a8-d7d0-5846-be58-f881f7a7764d")]
    [InlineData(1, 1, "fa31e713-7811-54e8-bfc0-d702bf3fe5a1")]
    public void The_id_of_a_billable_part_never_changes(int attempt, int part, string expected) =>
        Assert.Equal(new Guid(expected), EventIdentity.Usage(_request, attempt, part));

    [Fact]
    public void The_id_of_a_completion_never_changes() =>
        Assert.Equal(new Guid("6c309cf1-f4f0-5e45-afd4-bd6165604b02"), EventIdentity.Completion(_request));

    [Theory]
    [InlineData("", 1, "dee23ac9-ce72-5aea-b5ee-d0e50a9f703d")]
    [InlineData("acme-month:m:2026-11", 1, "32502f80-5051-54eb-846a-bccf907e754b")]
    [InlineData("忽略", 1, "e3f3e739-76be-51bd-b85a-1eecbfaf212a")]
    [InlineData("x", 1000, "610ef1b3-9d4b-5571-aded-90b4a0bc732c")]
    public void The_id_of_a_name_never_changes(string text, int times, string expected) =>
        Assert.Equal(new Guid(expected), EventIdentity.Named(string.Concat(Enumerable.Repeat(text, times))));

    [Fact]
    public void Every_id_says_that_it_is_a_UUID_of_version_5()
    {
        foreach (var id in Sample())
        {
            Assert.Equal(5, id.Version);
            Assert.InRange(id.Variant, 0x8, 0xB);
        }
    }

    [Fact]
    public void Requests_attempts_parts_completions_and_names_never_share_an_id()
    {
        var ids = Sample().ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private static IEnumerable<Guid> Sample()
    {
        for (var request = 0; request < 200; request++)
        {
            var requestId = new Guid(request, 7, 7, [1, 2, 3, 4, 5, 6, 7, 8]);
            yield return EventIdentity.Completion(requestId);
            yield return EventIdentity.Named(requestId.ToString());
            for (var attempt = 1; attempt <= 5; attempt++)
            {
                for (var part = 0; part < 5; part++)
                    yield return EventIdentity.Usage(requestId, attempt, part);
            }
        }
    }
}
