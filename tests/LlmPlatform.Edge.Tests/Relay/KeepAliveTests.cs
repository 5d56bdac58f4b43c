using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Relay;

/// <summary>A provider that thinks for long must not cost its caller the connection.</summary>
public sealed class KeepAliveTests
{
    [Fact]
    public async Task A_silent_stream_is_kept_alive_by_comments_that_change_no_event()
    {
        await using var edge = new EdgeUnderTest();
        edge.Settings["Edge:Requests:KeepAliveAfter"] = "00:00:00.2";
        await edge.InitializeAsync();
        edge.First.ScriptModel("m1", new ProviderScript { Chunks = 3, DelayPerChunk = TimeSpan.FromSeconds(1) });

        using var answer = await edge.ChatAsync(EdgeUnderTest.Body("m1", stream: true));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.True(events.Count(sent => sent == ": keep-alive") >= 3, text);
        Assert.All(
            events.Where(sent => sent != ": keep-alive"),
            sent => Assert.StartsWith("data: ", sent, StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", events[^1]);
        Assert.Equal(50, Assert.Single((await edge.RecordsOfAsync(answer)).Usage).Tokens.TotalOutput);
    }

    [Fact]
    public async Task A_stream_that_is_never_silent_has_no_comments()
    {
        await using var edge = new EdgeUnderTest();
        edge.Settings["Edge:Requests:KeepAliveAfter"] = "00:00:05";
        await edge.InitializeAsync();
        edge.First.ScriptModel("m1", new ProviderScript { Chunks = 5, DelayPerChunk = TimeSpan.FromMilliseconds(50) });

        using var answer = await edge.ChatAsync(EdgeUnderTest.Body("m1", stream: true));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain(": keep-alive", text, StringComparison.Ordinal);
    }
}
