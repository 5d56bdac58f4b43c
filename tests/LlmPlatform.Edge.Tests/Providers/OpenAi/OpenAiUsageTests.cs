using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.ChatCompletions;

namespace LlmPlatform.Edge.Tests.Providers.OpenAi;

/// <summary>A provider's usage object becomes meters that share no token.</summary>
public sealed class OpenAiUsageTests
{
    [Fact]
    public void Every_token_is_counted_by_one_meter()
    {
        var usage = Read(
            """
            {"prompt_tokens":1000,"completion_tokens":200,"total_tokens":1200,
            "prompt_tokens_details":{"cached_tokens":300,"cache_write_tokens":200,"audio_tokens":50},
            "completion_tokens_details":{"reasoning_tokens":60,"audio_tokens":40,"rejected_prediction_tokens":9},
            "server_tool_use":{"web_search_requests":2,"web_fetch_requests":1}}
            """,
            out var isConsistent);

        Assert.True(isConsistent);
        Assert.Equal(
            new TokenUsage
            {
                InputUncached = 450,
                CacheRead = 300,
                CacheWrite5m = 200,
                AudioIn = 50,
                OutputText = 100,
                OutputReasoning = 60,
                AudioOut = 40,
                WebSearches = 2,
                WebFetches = 1,
            },
            usage);
        Assert.Equal((1000, 200), (usage!.TotalInput, usage.TotalOutput));
    }

    // Perplexity's deep research: none of the three is in its total.
    [Fact]
    public void What_was_searched_read_and_thought_beside_the_answer_is_counted()
    {
        var usage = Read(
            """
            {"prompt_tokens":33,"completion_tokens":11395,"total_tokens":11428,"citation_tokens":19028,
            "num_search_queries":21,"reasoning_tokens":193947,"search_context_size":null}
            """,
            out var isConsistent);

        Assert.True(isConsistent);
        Assert.Equal(
            new TokenUsage
            {
                InputUncached = 33 + 19028,
                OutputText = 11395,
                OutputReasoning = 193947,
                WebSearches = 21,
            },
            usage);
    }

    [Theory]
    [InlineData(
        """{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":null,"completion_tokens_details":null}""",
        10, 0, 5)]
    [InlineData("""{"prompt_tokens":10.0,"completion_tokens":5,"total_tokens":15}""", 10, 0, 5)]
    [InlineData(
        """{"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6,"prompt_tokens":10,"completion_tokens":5}""",
        6, 4, 5)]
    [InlineData(
        """
        {"prompt_tokens":10,"completion_tokens":5,"x":{"cached_tokens":1},"prompt_tokens_details":{"cached_tokens":4}}
        """,
        6, 4, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"cached_tokens":4}""", 6, 4, 5)]
    public void Known_spellings_are_understood(string text, long uncached, long cached, long output)
    {
        var usage = Read(text, out var isConsistent);

        Assert.True(isConsistent);
        Assert.Equal((uncached, cached, output), (usage!.InputUncached, usage.CacheRead, usage.OutputText));
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(25, 10)]
    public void Reasoning_is_within_the_completion_or_beside_it_as_the_total_tells(int total, int text)
    {
        var usage = Read(
            $$"""
            {"prompt_tokens":10,"completion_tokens":10,"total_tokens":{{total}},
            "completion_tokens_details":{"reasoning_tokens":5} }
            """,
            out var isConsistent);

        Assert.True(isConsistent);
        Assert.Equal((text, 5), (usage!.OutputText, usage.OutputReasoning));
    }

    [Theory]
    [InlineData(
        """{"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":7,"prompt_tokens":10,"completion_tokens":5}""",
        10, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":99}""", 10, 89)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":11}}""", 11, 5)]
    [InlineData(
        """{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":50}}""",
        10, 50)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":-5}""", 10, 0)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":9223372036854775807}""", 10, 0)]
    public void Figures_that_contradict_each_other_are_priced_at_the_plain_price(string text, long input, long output)
    {
        var usage = Read(text, out var isConsistent);

        Assert.False(isConsistent);
        Assert.Equal(new TokenUsage { InputUncached = input, OutputText = output }, usage);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""")]
    [InlineData("null")]
    public void Figures_that_name_no_token_are_no_usage(string text) => Assert.Null(Read(text, out _));

    private static TokenUsage? Read(string usage, out bool isConsistent)
    {
        var chunk = ChatChunk.Read(Encoding.UTF8.GetBytes($$"""{"id":"x","usage":{{usage}}}"""), wantsId: true);
        isConsistent = chunk.Usage?.IsConsistent ?? true;
        Assert.Equal(chunk.Usage is null ? null : usage, chunk.Usage?.Raw);
        Assert.Equal("x", chunk.Id);
        Assert.True(chunk.IsObject);
        return chunk.Usage?.Tokens;
    }
}
