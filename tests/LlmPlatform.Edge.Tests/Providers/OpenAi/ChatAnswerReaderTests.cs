using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Translation;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.OpenAi;

/// <summary>Chat answers are understood from every server that sends them, in each one's habits.</summary>
public sealed class ChatAnswerReaderTests
{
    private const string Calls0 = "\"tool_calls\":[{\"index\":0,";
    private const string Calls1 = "\"tool_calls\":[{\"index\":1,";

    [Fact]
    public void Calls_that_come_in_turn_are_told_as_they_come()
    {
        var stream = new Stream();

        Assert.Equal("start a m\n0 ToolCall c0 f\n", stream.Delta(Calls0 +
            """ "id":"c0","type":"function","function":{"name":"f","arguments":""}}]"""));
        Assert.Equal("0 + {\"x\":\n", stream.Delta(Calls0 + """ "function":{"arguments":"{\"x\":"}}]"""));
        Assert.Equal("0 + \"}\"}\n", stream.Delta(Calls0 + """ "function":{"arguments":"\"}\"}"}}]"""));
        Assert.Equal("0 end\n0 ToolCall c1 g\n", stream.Delta(Calls1 + """ "id":"c1","function":{"name":"g"}}]"""));
        Assert.Equal("0 + {\n", stream.Delta(Calls1 + """ "function":{"arguments":"{"}}]"""));
        Assert.Equal("0 + }\n", stream.Delta(Calls1 + """ "function":{"arguments":"}"}}]"""));
        Assert.Equal("", stream.Chunk("""{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""));
        Assert.Equal("0 end\n0 ToolCalls\n", stream.Done());
    }

    [Fact]
    public void Of_calls_that_come_mixed_the_later_one_waits_for_the_earlier_one()
    {
        var stream = new Stream();
        stream.Delta(Calls0 + """ "id":"c0","function":{"name":"f","arguments":"{\"a\":"}}]""");

        Assert.Equal("", stream.Delta(Calls1 + """ "id":"c1","function":{"name":"g","arguments":"{\"b\""}}]"""));
        Assert.Equal("", stream.Delta("\"content\":\"meanwhile\""));
        Assert.Equal(
            "0 + 1}\n0 end\n0 ToolCall c1 g\n0 + {\"b\"\n",
            stream.Delta(Calls0 + """ "function":{"arguments":"1}"}}]"""));
        Assert.Equal(
            "0 + :2}\n0 end\n0 Text\n0 + meanwhile\n", stream.Delta(Calls1 + """ "function":{"arguments":":2}"}}]"""));
        Assert.Equal("0 end\n0 ToolCalls\n", stream.Done());
    }

    [Fact]
    public void A_call_without_an_id_gets_one_that_is_always_the_same()
    {
        const string answer =
            """
            {"id":"a","model":"m","choices":[{"index":0,"message":{"role":"assistant","tool_calls":[
            {"function":{"name":"f"}},{"function":{"name":"f","arguments":""}}]},"finish_reason":"stop"}]}
            """;
        var calls = Whole(answer).Choices[0].Parts.Cast<ContentPart.ToolCall>().ToList();

        Assert.Equal(2, calls.Select(call => call.Id).Distinct().Count());
        Assert.All(calls, call => Assert.Matches("^call_[0-9a-f]{24}$", call.Id));
        Assert.All(calls, call => Assert.Equal(("f", "{}"), (call.Name, call.Arguments)));
        Assert.Equal(calls, Whole(answer).Choices[0].Parts);
        Assert.Equal(StopReason.ToolCalls, Whole(answer).Choices[0].StopReason);
    }

    [Fact]
    public void Calls_that_all_have_the_same_number_are_told_apart_by_their_ids()
    {
        var stream = new Stream();

        Assert.Equal("start a m\n0 ToolCall c0 f\n0 signed gemini S\n0 + {}\n", stream.Delta(Calls0 +
            """
            "id":"c0","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"S"}}}]
            """));
        Assert.Equal("0 end\n0 ToolCall c1 f\n0 + {\"x\":1}\n", stream.Delta(Calls0 +
            """ "id":"c1","function":{"name":"f","arguments":"{\"x\":1}"}}]"""));
        Assert.Equal("0 end\n0 ToolCalls\n", stream.Done());
    }

    [Theory]
    [InlineData("""{"tool_calls":{"index":0,"id":"c","function":{"name":"f","arguments":{"x":[1]}}}}""")]
    [InlineData("""{"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"x\":[1]}"}}]}""")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":{"x":[1]}}}]}""")]
    public void Calls_are_understood_in_the_shapes_of_older_servers(string delta)
    {
        var stream = new Stream();

        Assert.Equal(
            "start a m\n0 ToolCall c f\n0 + {\"x\":[1]}\n",
            stream.Chunk($$$"""{"id":"a","model":"m","choices":[{"index":0,"delta":{{{delta}}}}]}"""));
    }

    [Fact]
    public void A_caller_of_one_tool_at_a_time_is_told_of_one()
    {
        var stream = new Stream(atMostOneCall: true);

        stream.Delta("""
            "tool_calls":[{"index":0,"id":"c0","function":{"name":"f","arguments":"{}"}},
            {"index":1,"id":"c1","function":{"name":"g","arguments":"{}"}}]
            """);
        stream.Delta(Calls1 + """ "function":{"arguments":" "}}]""");

        Assert.Equal("0 end\n0 ToolCalls\n", stream.Done());
    }

    [Theory]
    [InlineData("\"reasoning_content\":\"hm\"", "Thinking")]
    [InlineData("\"reasoning\":\"hm\"", "Thinking")]
    [InlineData("\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]}]", "Thinking")]
    [InlineData("\"content\":[{\"type\":\"text\",\"text\":\"hm\"}]", "Text")]
    [InlineData("\"refusal\":\"hm\"", "Refusal")]
    public void Thoughts_and_words_are_found_under_every_vendors_name(string delta, string kind)
    {
        var stream = new Stream();

        Assert.Equal($"start a m\n0 {kind}\n0 + hm\n", stream.Delta(delta));
    }

    [Theory]
    [InlineData("stop", null, "EndTurn")]
    [InlineData("eos_token", null, "EndTurn")]
    [InlineData("length", null, "Length")]
    [InlineData("model_length", null, "Length")]
    [InlineData("tool_calls", null, "ToolCalls")]
    [InlineData("function_call", null, "ToolCalls")]
    [InlineData("content_filter", null, "ContentFilter")]
    [InlineData("stop", "END", "StopSequence END")]
    public void Why_an_answer_ended_is_known_by_every_vendors_word(string word, string? stopReason, string expected)
    {
        var stream = new Stream();
        stream.Delta("\"content\":\"x\"");
        stream.Chunk(
            $$"""
            {"choices":[{"index":0,"delta":{},"finish_reason":"{{word}}",
            "stop_reason":{{(stopReason is null ? "null" : $"\"{stopReason}\"")}}}]}
            """);

        Assert.Equal($"0 end\n0 {expected}\n", stream.Done());
    }

    [Theory]
    [InlineData("""{"error":{"message":"x","code":"slow_down"}}""", "failed Overloaded slow_down")]
    [InlineData("""{"error":"out of memory"}""", "failed Server")]
    [InlineData("""{"object":"error","message":"x","code":500}""", "failed Server")]
    [InlineData(
        """{"id":"a","error":{"code":502,"message":"x"},"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}""",
        "failed Server")]
    [InlineData(
        """{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"insufficient_system_resource"}]}""",
        "failed Overloaded insufficient_system_resource")]
    public void An_error_ends_the_answer_wherever_it_stands(string chunk, string expected)
    {
        var stream = new Stream();
        stream.Delta("\"content\":\"x\"");

        Assert.Equal(expected + "\n", stream.Chunk(chunk, isLast: true));
    }

    [Fact]
    public void What_begins_no_answer_leaves_the_call_to_another()
    {
        string[] nothing =
        [
            """{"id":"","model":"","choices":[],"prompt_filter_results":[{"prompt_index":0}]}""",
            """{"id":"a","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null}}]}""",
            "[DONE]", "{", "[]", "",
        ];
        string[] something =
        [
            """{"choices":[{"delta":{"content":"x"}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}""",
            """{"choices":[{"delta":{},"finish_reason":"stop"}]}""",
        ];

        Assert.All(nothing, payload => Assert.Equal((false, null), Begins(payload)));
        Assert.All(something, payload => Assert.Equal((true, null), Begins(payload)));
        Assert.Equal((false, ProviderFaultKind.RateLimited), Begins("""{"error":{"code":429,"message":"x"}}"""));
        Assert.Equal(
            (false, ProviderFaultKind.Server), Begins("""{"choices":[{"delta":{},"finish_reason":"error"}]}"""));
    }

    [Fact]
    public void A_filters_verdict_on_the_prompt_is_not_the_answers_head()
    {
        var stream = new Stream();

        Assert.Equal("", stream.Chunk("""{"id":"","model":"","choices":[],"prompt_filter_results":[]}"""));
        Assert.Equal("start a m\n0 Text\n0 + x\n", stream.Delta("\"content\":\"x\""));
    }

    [Fact]
    public void The_last_usage_is_the_whole_wherever_it_stands()
    {
        var stream = new Stream();
        stream.Chunk("""{"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}""");
        stream.Chunk(
            """{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":9}}""");
        stream.Chunk("""{"choices":[],"usage":null}""");

        Assert.Equal((3, 9), (stream.Said.Usage!.Tokens.TotalInput, stream.Said.Usage.Tokens.TotalOutput));
        Assert.Equal("""{"prompt_tokens":3,"completion_tokens":9}""", stream.Said.Usage.Raw);
    }

    [Fact]
    public void A_stream_without_a_last_word_is_whole_when_every_choice_has_ended()
    {
        var whole = new Stream();
        whole.Delta("\"content\":\"x\"");
        Assert.False(whole.Reader.End());
        whole.Chunk("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""");

        Assert.True(whole.Reader.End());
        Assert.Equal("0 end\n0 EndTurn\n", whole.Said.Take());
        Assert.False(new Stream().Reader.End());
    }

    [Fact]
    public void Choices_that_come_mixed_are_kept_apart_and_probabilities_with_their_text()
    {
        var stream = new Stream();
        stream.Chunk("""{"id":"a","model":"m","choices":[{"index":1,"delta":{"content":"b"}}]}""");
        stream.Chunk(
            """
            {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1}]}}]}
            """);

        Assert.Equal(
            "start a m\n1 Text\n1 + b\n0 Text\n0 + a\n0 logprobs [{\"token\":\"a\",\"logprob\":-1}]\n",
            stream.All);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[7,null]}""")]
    public void What_is_no_answer_is_none(string body) =>
        Assert.False(new ChatAnswerReader(new Answer(), false).ReadWhole(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void However_an_answer_is_cut_into_deltas_it_is_the_same()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2000; round++)
        {
            var texts = Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomObject(random)).ToArray();
            var stream = new Stream();
            var at = new int[texts.Length];
            var known = 0;
            while (at.Zip(texts).Any(pair => pair.First < pair.Second.Length) || known < texts.Length)
            {
                var call = random.Next(Math.Min(known + 1, texts.Length));
                var size = Math.Min(random.Next(1, 9), texts[call].Length - at[call]);
                var piece = JsonSerializer.Serialize(texts[call].Substring(at[call], size));
                at[call] += size;
                var name = call == known ? $"\"id\":\"c{known++}\"," : "";
                var function = name.Length > 0 ? "\"name\":\"f\"," : "";
                stream.Delta(
                    $"\"tool_calls\":[{{\"index\":{call},{name}\"function\":{{{function}\"arguments\":{piece}}}}}]");
            }

            stream.Done();
            var said = stream.All
                .Split('\n').Where(line => line.StartsWith("0 ", StringComparison.Ordinal)).ToList();
            var calls = string.Join("", said.Select(line => line[2..]))
                .Replace("+ ", "", StringComparison.Ordinal);
            var expected = string.Concat(texts.Select((text, index) => $"ToolCall c{index} f{text}end")) + "ToolCalls";
            Assert.Equal(expected, calls);
        }
    }

    private static string RandomObject(Random random)
    {
        var signs = "{}[]\\\"ab,:".ToCharArray();
        var value = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => signs[random.Next(signs.Length)])]);
        return $"{{\"k\":{JsonSerializer.Serialize(value)},\"l\":[{{}}]}}";
    }

    private static (bool Begins, ProviderFaultKind? Fault) Begins(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        var reader = new ChatAnswerReader(new Answer(), atMostOneCall: false);
        var begins = reader.Begins(new StreamEvent(bytes, default, bytes), out var fault);
        return (begins, fault?.Kind);
    }

    private static Answer Whole(string body)
    {
        var answer = new Answer();
        Assert.True(new ChatAnswerReader(answer, false).ReadWhole(Encoding.UTF8.GetBytes(body)));
        return answer;
    }

    private sealed class Stream
    {
        private readonly StringBuilder _all = new();

        public Stream(bool atMostOneCall = false) => Reader = new ChatAnswerReader(Said, atMostOneCall);

        public Transcript Said { get; } = new();

        public ChatAnswerReader Reader { get; }

        public string All => _all.ToString();

        public string Delta(string members) =>
            Take($$$"""{"id":"a","model":"m","choices":[{"index":0,"delta":{{{{members}}}}}]}""", isLast: false);

        public string Chunk(string payload, bool isLast = false) => Take(payload, isLast);

        public string Done() => Take("[DONE]", isLast: true);

        private string Take(string payload, bool isLast)
        {
            var bytes = Encoding.UTF8.GetBytes(payload);
            Assert.Equal(isLast, Reader.Read(new StreamEvent(bytes, default, bytes)));
            var said = Said.Take();
            _all.Append(said);
            return said;
        }
    }
}
