using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers.Gemini;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>Google's usage figures become meters that share no token.</summary>
public sealed class GeminiUsageTests
{
    [Fact]
    public void Every_token_is_counted_by_one_meter()
    {
        var usage = Read(
            """
            {"promptTokenCount":1000,"cachedContentTokenCount":300,"toolUsePromptTokenCount":70,
            "candidatesTokenCount":120,"thoughtsTokenCount":60,"totalTokenCount":1250,
            "promptTokensDetails":[{"modality":"TEXT","tokenCount":900},{"modality":"AUDIO","tokenCount":100}],
            "cacheTokensDetails":[{"modality":"TEXT","tokenCount":260},{"modality":"AUDIO","tokenCount":40}],
            "candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":20},{"modality":"IMAGE","tokenCount":30}],
            "trafficType":"ON_DEMAND"}
            """,
            out var isConsistent);

        Assert.True(isConsistent);
        Assert.Equal(
            new TokenUsage
            {
                InputUncached = 710,
                CacheRead = 300,
                AudioIn = 60,
                OutputText = 70,
                OutputReasoning = 60,
                AudioOut = 20,
                ImageOut = 30,
            },
            usage);
        Assert.Equal((1070, 180), (usage!.TotalInput, usage.TotalOutput));
    }

    [Theory]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":12,"thoughtsTokenCount":5,"totalTokenCount":27}""",
        12, 5)]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":17,"thoughtsTokenCount":5,"totalTokenCount":27}""",
        12, 5)]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":12,"thoughtsTokenCount":5}""", 12, 5)]
    [InlineData("""{"promptTokenCount":10,"thoughtsTokenCount":100,"totalTokenCount":110}""", 0, 100)]
    [InlineData("""{"promptTokenCount":12,"totalTokenCount":12}""", 0, 0)]
    public void The_total_decides_whether_the_candidates_include_the_thoughts(string text, long visible, long thoughts)
    {
        var usage = Read(text, out var isConsistent);

        Assert.True(isConsistent);
        Assert.Equal((visible, thoughts), (usage!.OutputText, usage.OutputReasoning));
    }

    [Fact]
    public void What_Google_s_own_tools_brought_in_belongs_to_the_input_and_to_the_test_of_the_sum()
    {
        var outside = Read(
            """
            {"promptTokenCount":10,"toolUsePromptTokenCount":90,"candidatesTokenCount":7,"thoughtsTokenCount":5,
            "totalTokenCount":112}
            """,
            out var isOutsideConsistent);
        var inside = Read(
            """
            {"promptTokenCount":10,"toolUsePromptTokenCount":90,"candidatesTokenCount":12,"thoughtsTokenCount":5,
            "totalTokenCount":112}
            """,
            out var isInsideConsistent);

        Assert.True(isOutsideConsistent && isInsideConsistent);
        Assert.Equal(new TokenUsage { InputUncached = 100, OutputText = 7, OutputReasoning = 5 }, outside);
        Assert.Equal(outside, inside);
    }

    [Theory]
    [InlineData(80, 20)]
    [InlineData(95, 5)]
    public void Audio_is_held_to_be_uncached_as_far_as_it_can_be_where_the_cache_has_no_details(long cached, long audio)
    {
        var usage = Read(
            $$"""
            {"promptTokenCount":100,"cachedContentTokenCount":{{cached}},"totalTokenCount":100,
            "promptTokensDetails":[{"modality":"AUDIO","tokenCount":20}]}
            """,
            out var isConsistent);

        Assert.True(isConsistent);
        Assert.Equal(new TokenUsage { CacheRead = cached, AudioIn = audio }, usage);
    }

    [Theory]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":99}""", 10, 89)]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":5,"cachedContentTokenCount":11}""", 11, 5)]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":5,"thoughtsTokenCount":9,"totalTokenCount":15}""",
        10, 14)]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":-5}""", 10, 0)]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":9223372036854775807}""", 10, 0)]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":"many","totalTokenCount":10}""", 10, 0)]
    public void Figures_that_contradict_each_other_are_priced_at_the_plain_price(string text, long input, long output)
    {
        var usage = Read(text, out var isConsistent);

        Assert.False(isConsistent);
        Assert.Equal(new TokenUsage { InputUncached = input, OutputText = output }, usage);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"trafficType":"ON_DEMAND"}""")]
    [InlineData("""{"promptTokenCount":0,"totalTokenCount":0,"promptTokensDetails":[]}""")]
    public void Figures_that_name_no_token_are_no_usage(string text) => Assert.Null(Read(text, out _));

    [Fact]
    public void Whatever_a_call_consumed_is_found_again_from_either_way_of_reporting_it()
    {
        var random = new Random(20261101);
        for (var round = 0; round < 5_000; round++)
        {
            var consumed = new TokenUsage
            {
                InputUncached = Some(random),
                CacheRead = Some(random),
                AudioIn = Some(random),
                OutputText = Some(random),
                OutputReasoning = Some(random),
                AudioOut = Some(random),
            };
            if (consumed.TotalInput + consumed.TotalOutput == 0)
            {
                continue;
            }

            foreach (var thoughtsInside in (bool[])[false, true])
            {
                var reported = Report(consumed, random, thoughtsInside);

                var usage = Read(reported, out var isConsistent);

                Assert.True(isConsistent, reported);
                Assert.Equal((reported, consumed), (reported, usage));
            }
        }
    }

    [Fact]
    public void No_figures_make_a_negative_meter_or_charge_for_less_than_they_name()
    {
        var random = new Random(20261102);
        string[] counts =
        [
            "promptTokenCount", "cachedContentTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount",
            "thoughtsTokenCount", "totalTokenCount",
        ];
        string[] details =
            ["promptTokensDetails", "cacheTokensDetails", "toolUsePromptTokensDetails", "candidatesTokensDetails"];
        for (var round = 0; round < 5_000; round++)
        {
            var report = new JsonObject();
            foreach (var name in counts.Where(_ => random.Next(3) > 0))
            {
                report[name] = random.Next(50);
            }

            foreach (var name in details.Where(_ => random.Next(3) == 0))
            {
                report[name] = new JsonArray(Modality("AUDIO", random.Next(50)), Modality("TEXT", random.Next(50)));
            }

            if (Read(report.ToJsonString(), out _) is not { } usage)
            {
                continue;
            }

            long Named(string name) => report[name]?.GetValue<int>() ?? 0;
            long[] meters =
            [
                usage.InputUncached, usage.CacheRead, usage.AudioIn,
                usage.OutputText, usage.OutputReasoning, usage.AudioOut,
            ];
            var said = report.ToJsonString();
            Assert.True(meters.All(meter => meter >= 0), said);
            Assert.True(usage.TotalInput >= Named("promptTokenCount") + Named("toolUsePromptTokenCount"), said);
            Assert.True(usage.TotalOutput >= Named("candidatesTokenCount"), said);
            Assert.True(usage.TotalInput + usage.TotalOutput >= Named("totalTokenCount"), said);
        }
    }

    private static string Report(TokenUsage consumed, Random random, bool thoughtsInside)
    {
        var audioCached = random.NextInt64(consumed.CacheRead + 1);
        var toolUse = random.NextInt64(consumed.InputUncached + 1);
        var visible = consumed.OutputText + consumed.AudioOut;
        var report = new JsonObject
        {
            ["promptTokenCount"] = consumed.TotalInput - toolUse,
            ["cachedContentTokenCount"] = consumed.CacheRead,
            ["toolUsePromptTokenCount"] = toolUse,
            ["candidatesTokenCount"] = visible + (thoughtsInside ? consumed.OutputReasoning : 0),
            ["thoughtsTokenCount"] = consumed.OutputReasoning,
            ["totalTokenCount"] = consumed.TotalInput + consumed.TotalOutput,
            ["promptTokensDetails"] = new JsonArray(Modality("AUDIO", consumed.AudioIn + audioCached)),
            ["cacheTokensDetails"] = new JsonArray(Modality("AUDIO", audioCached)),
            ["candidatesTokensDetails"] = new JsonArray(Modality("AUDIO", consumed.AudioOut)),
        };

        // Zero counts are left out as often as not, and the order of members means nothing.
        var members = report.ToArray();
        random.Shuffle(members);
        return new JsonObject(members
            .Where(member => member.Value is not JsonValue count || count.GetValue<long>() > 0 || random.Next(2) == 0)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();
    }

    private static JsonObject Modality(string name, long count) =>
        count % 2 == 0
            ? new JsonObject { ["modality"] = name, ["tokenCount"] = count }
            : new JsonObject { ["tokenCount"] = count, ["modality"] = name };

    private static long Some(Random random) => random.Next(3) == 0 ? 0 : random.Next(100_000);

    private static TokenUsage? Read(string text, out bool isConsistent)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        reader.Read();
        var usage = GeminiUsage.Read(ref reader, out isConsistent);
        Assert.Equal(JsonTokenType.EndObject, reader.TokenType);
        return usage;
    }
}
