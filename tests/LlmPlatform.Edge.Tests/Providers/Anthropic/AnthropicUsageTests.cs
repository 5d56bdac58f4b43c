using System.Text;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>Anthropic's figures in disjoint meters, however often and however far they are said.</summary>
public sealed class AnthropicUsageTests
{
    [Fact]
    public void What_is_read_from_or_written_to_a_cache_is_not_input_as_well()
    {
        var report = Read(
            """
            {"input_tokens":10,"cache_read_input_tokens":20,"cache_creation_input_tokens":5,
             "cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":2},"output_tokens":7,
             "service_tier":"standard","server_tool_use":{"web_search_requests":3,"web_fetch_requests":2}}
            """)!;

        Assert.True(report.IsConsistent);
        Assert.Equal(
            new TokenUsage
            {
                InputUncached = 10,
                CacheRead = 20,
                CacheWrite5m = 3,
                CacheWrite1h = 2,
                OutputText = 7,
                WebSearches = 3,
                WebFetches = 2,
            },
            report.Tokens);
    }

    [Fact]
    public void Writes_that_are_not_split_are_of_five_minutes() =>
        Assert.Equal(
            new TokenUsage { InputUncached = 1, CacheWrite5m = 9, OutputText = 2 },
            Read("""{"input_tokens":1,"cache_creation_input_tokens":9,"output_tokens":2}""")!.Tokens);

    [Fact]
    public void Thoughts_are_taken_out_of_the_output_where_they_are_told_apart() =>
        Assert.Equal(
            new TokenUsage { InputUncached = 1, OutputText = 3, OutputReasoning = 7 },
            Read("""{"input_tokens":1,"output_tokens":10,"output_tokens_details":{"thinking_tokens":7}}""")!.Tokens);

    [Theory]
    [InlineData(4, 0, 7, 7, 0)]
    [InlineData(4, 2, 9, 4, 5)]
    [InlineData(4, 2, 3, 4, 2)]
    public void A_split_that_contradicts_its_sum_is_marked_and_priced_dearly(
        long said5m, long said1h, long sum, long billed5m, long billed1h)
    {
        var report = Read(
            $$$"""
            {"input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":{{{sum}}},
             "cache_creation":{"ephemeral_5m_input_tokens":{{{said5m}}},"ephemeral_1h_input_tokens":{{{said1h}}}}}
            """)!;

        Assert.False(report.IsConsistent);
        Assert.Equal((billed5m, billed1h), (report.Tokens.CacheWrite5m, report.Tokens.CacheWrite1h));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("9e99")]
    public void A_figure_that_counts_nothing_is_marked(string figure) =>
        Assert.False(Read("{\"input_tokens\":5,\"output_tokens\":" + figure + "}")!.IsConsistent);

    [Fact]
    public void More_thoughts_than_output_are_marked_and_the_larger_is_billed()
    {
        var report = Read("""{"input_tokens":1,"output_tokens":2,"output_tokens_details":{"thinking_tokens":9}}""")!;

        Assert.False(report.IsConsistent);
        Assert.Equal(9, report.Tokens.TotalOutput);
    }

    [Fact]
    public void What_is_said_again_replaces_and_what_is_not_said_again_stays()
    {
        // As GLM's server corrects itself: adding would bill twice.
        var report = Read(
            """{"input_tokens":34824,"output_tokens":0,"cache_creation_input_tokens":4}""",
            """
            {"input_tokens":3883,"cache_read_input_tokens":30464,"cache_creation_input_tokens":null,"output_tokens":51}
            """)!;

        Assert.True(report.IsConsistent);
        Assert.Equal(
            new TokenUsage { InputUncached = 3883, CacheRead = 30464, CacheWrite5m = 4, OutputText = 51 },
            report.Tokens);
    }

    [Fact]
    public void Its_own_words_are_kept_the_first_and_the_last()
    {
        Assert.Equal("""{"input_tokens":1}""", Read("""{"input_tokens":1}""")!.Raw);
        Assert.Equal(
            """[{"input_tokens":1},{"output_tokens":3}]""",
            Read("""{"input_tokens":1}""", """{"output_tokens":2}""", """{"output_tokens":3}""")!.Raw);

        var filler = new string('x', UsageReport.MaxRawBytes - 40);
        Assert.Equal(
            """{"output_tokens":3}""",
            Read("{\"input_tokens\":1,\"x\":\"" + filler + "\"}", """{"output_tokens":3}""")!.Raw);
        Assert.Null(Read("{\"input_tokens\":1,\"x\":\"" + filler + filler + "\"}")!.Raw);
    }

    [Theory]
    [InlineData("""{"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1}}}""", true)]
    [InlineData("""{"type":"message_delta","delta":{},"usage":{"output_tokens":4}}""", false)]
    [InlineData("""{"type":"message_stop"}""", false)]
    public void What_is_said_before_the_answer_is_early(string payload, bool isEarly)
    {
        var usage = new AnthropicUsage();
        AnthropicEvent.Read(
            """{"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1}}}"""u8, usage);
        if (payload.Contains("stop", StringComparison.Ordinal))
        {
            AnthropicEvent.Read("""{"type":"message_delta","usage":{"output_tokens":4}}"""u8, usage);
        }

        AnthropicEvent.Read(Encoding.UTF8.GetBytes(payload), usage);

        Assert.Equal(isEarly, usage.Report()!.IsEarly);
    }

    [Theory]
    [InlineData("""{"input_tokens":0,"output_tokens":0}""")]
    [InlineData("""{"input_tokens":null}""")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void What_names_no_token_says_nothing(string usage) => Assert.Null(Read(usage));

    [Fact]
    public void What_was_done_beside_the_answer_comes_on_top_and_the_answer_is_not_counted_twice()
    {
        // As Anthropic documents a compaction: the top has the answer's own figures alone.
        var report = Read(
            """{"input_tokens":23000,"output_tokens":1,"iterations":null}""",
            """
            {"input_tokens":23000,"output_tokens":1000,"cache_read_input_tokens":40,
             "iterations":[{"type":"compaction","input_tokens":180000,"output_tokens":3500,
               "cache_creation_input_tokens":6,"cache_creation":{"ephemeral_1h_input_tokens":6}},
              {"type":"advisor_message","model":"claude-opus-5","input_tokens":800,"output_tokens":1600},
              {"type":"message","input_tokens":20000,"output_tokens":400,"cache_read_input_tokens":40},
              {"type":"message","input_tokens":3000,"output_tokens":600}]}
            """)!;

        Assert.True(report.IsConsistent);
        Assert.Equal(
            new TokenUsage
            {
                InputUncached = 23000 + 180000 + 800,
                CacheRead = 40,
                CacheWrite1h = 6,
                OutputText = 1000 + 3500 + 1600,
            },
            report.Tokens);
    }

    [Fact]
    public void Samplings_that_come_to_more_than_the_whole_are_billed()
    {
        var report = Read(
            """
            {"input_tokens":10,"output_tokens":5,
             "iterations":[{"type":"message","input_tokens":10,"output_tokens":7},
              {"type":"fallback_message","input_tokens":12,"output_tokens":5}]}
            """)!;

        Assert.Equal(new TokenUsage { InputUncached = 22, OutputText = 12 }, report.Tokens);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1,null,[],{\"type\":7}]")]
    [InlineData("{\"type\":\"compaction\",\"input_tokens\":9}")]
    public void Samplings_that_are_none_add_nothing(string iterations) =>
        Assert.Equal(
            new TokenUsage { InputUncached = 1, OutputText = 2 },
            Read("{\"input_tokens\":1,\"output_tokens\":2,\"iterations\":" + iterations + "}")!.Tokens);

    [Theory]
    [InlineData("\"service_tier\":\"priority\",\"inference_geo\":\"us\"", "priority", "us")]
    [InlineData("\"service_tier\":\"standard\",\"inference_geo\":\"not_available\"", "standard", null)]
    [InlineData("\"service_tier\":\"standard\",\"speed\":\"fast\"", "fast", null)]
    [InlineData("\"service_tier\":\"a tier\",\"inference_geo\":7", null, null)]
    public void How_and_where_it_was_served_is_said(string members, string? tier, string? region)
    {
        var report = Read("{\"input_tokens\":1," + members + "}", """{"output_tokens":2}""")!;

        Assert.Equal((tier, region), (report.ServiceTier, report.Region));
    }

    private static UsageReport? Read(params string[] objects)
    {
        var usage = new AnthropicUsage();
        foreach (var text in objects)
        {
            var json = Encoding.UTF8.GetBytes(text);
            var reader = new Utf8JsonReader(json);
            reader.Read();
            usage.Read(ref reader, json);
        }

        return usage.Report();
    }
}
