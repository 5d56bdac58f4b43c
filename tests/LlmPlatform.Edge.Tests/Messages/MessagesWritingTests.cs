using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>An answer of another provider, as a Messages caller gets it.</summary>
public sealed class MessagesWritingTests
{
    private const string RequestId = "01930000-0000-7000-8000-000000000001";

    [Fact]
    public void A_stream_begins_numbers_its_blocks_and_ends_with_the_true_figures()
    {
        var events = Stream(sink =>
        {
            sink.Start(new AnswerHead("resp_1", "gemini-x"));
            sink.BeginPart(0, AnswerPart.Thinking);
            sink.Append(0, "hm");
            sink.Sign(0, new ThoughtSignature("gemini", "G"));
            sink.EndPart(0);
            sink.BeginPart(0, AnswerPart.Text);
            sink.Append(0, "a\"b");
            sink.EndPart(0);
            sink.BeginPart(0, AnswerPart.ToolCall("call_1", "f"));
            sink.Append(0, "{\"x\":");
            sink.Append(0, "1}");
            sink.EndPart(0);
            sink.EndChoice(0, StopReason.ToolCalls);
            sink.Report(new UsageReport(
                new TokenUsage
                {
                    InputUncached = 7, CacheRead = 2, CacheWrite5m = 1, CacheWrite1h = 4, OutputText = 5,
                    OutputReasoning = 3,
                },
                true));
        });

        Is(events,
            """
            {"type":"message_start","message":{"id":"resp_1","type":"message","role":"assistant","model":"gemini-x",
             "content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,
             "cache_creation_input_tokens":0,"cache_read_input_tokens":0,
             "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},
             "output_tokens":0}}}
            """,
            Begin(0, """{"type":"thinking","thinking":"","signature":""}"""),
            Delta(0, """{"type":"thinking_delta","thinking":"hm"}"""),
            Delta(0, """{"type":"signature_delta","signature":"gemini#G"}"""),
            EndOf(0),
            Begin(1, """{"type":"text","text":""}"""),
            Delta(1, """{"type":"text_delta","text":"a\"b"}"""),
            EndOf(1),
            Begin(2, """{"type":"tool_use","id":"call_1","name":"f","input":{}}"""),
            Delta(2, """{"type":"input_json_delta","partial_json":"{\"x\":"}"""),
            Delta(2, """{"type":"input_json_delta","partial_json":"1}"}"""),
            EndOf(2),
            """
            {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":7,
             "cache_creation_input_tokens":5,"cache_read_input_tokens":2,"output_tokens":8,
             "output_tokens_details":{"thinking_tokens":3}}}
            """,
            """{"type":"message_stop"}""");
    }

    [Fact]
    public void What_is_known_of_the_usage_when_the_answer_begins_is_said_then() =>
        Assert.Equal(9, Stream(sink =>
        {
            sink.Report(new UsageReport(new TokenUsage { InputUncached = 9 }, true));
            sink.Start(new AnswerHead(null, null));
        })[0]["message"]!["usage"]!["input_tokens"]!.GetValue<int>());

    [Fact]
    public void Where_the_provider_gives_none_the_id_is_ours_and_the_model_the_callers()
    {
        var message = Stream(sink => sink.Start(new AnswerHead(null, null)))[0]["message"]!;

        Assert.Equal("msg_01930000000070008000000000000001", message["id"]!.GetValue<string>());
        Assert.Equal("asked", message["model"]!.GetValue<string>());
    }

    [Fact]
    public void A_signature_of_a_call_stands_before_it_as_a_thought_without_words()
    {
        var events = Stream(sink =>
        {
            sink.BeginPart(0, AnswerPart.ToolCall("c", "f"));
            sink.Sign(0, new ThoughtSignature("gemini", "G"));
            sink.Append(0, "{}");
            sink.EndPart(0);
            sink.BeginPart(0, AnswerPart.ToolCall("d", "g"));
            sink.EndPart(0);
        });

        Is(events[..^2],
            Begin(0, """{"type":"thinking","thinking":"","signature":""}"""),
            Delta(0, """{"type":"signature_delta","signature":"gemini#G"}"""),
            EndOf(0),
            Begin(1, """{"type":"tool_use","id":"c","name":"f","input":{}}"""),
            Delta(1, """{"type":"input_json_delta","partial_json":"{}"}"""),
            EndOf(1),
            Begin(2, """{"type":"tool_use","id":"d","name":"g","input":{}}"""),
            EndOf(2));
    }

    [Fact]
    public void A_redacted_thought_is_all_in_its_beginning_and_one_without_signature_is_none()
    {
        var events = Stream(sink =>
        {
            sink.BeginPart(0, AnswerPart.RedactedThinking);
            sink.EndPart(0);
            sink.BeginPart(0, AnswerPart.RedactedThinking);
            sink.Sign(0, new ThoughtSignature("anthropic", "R"));
            sink.EndPart(0);
        });

        Is(events[..^2],
            Begin(0, """{"type":"redacted_thinking","data":"R"}"""),
            EndOf(0));
    }

    [Theory]
    [InlineData(nameof(StopReason.EndTurn), "end_turn")]
    [InlineData(nameof(StopReason.Length), "max_tokens")]
    [InlineData(nameof(StopReason.StopSequence), "stop_sequence")]
    [InlineData(nameof(StopReason.ToolCalls), "tool_use")]
    [InlineData(nameof(StopReason.ContentFilter), "refusal")]
    [InlineData(nameof(StopReason.ContextWindow), "model_context_window_exceeded")]
    [InlineData(nameof(StopReason.Pause), "pause_turn")]
    public void Each_reason_to_stop_has_its_word_streamed_and_whole(string reason, string word)
    {
        void Say(IAnswerSink sink) => sink.EndChoice(0, Enum.Parse<StopReason>(reason), "END");

        foreach (var end in new[] { Stream(Say)[0]["delta"]!, Whole(Say) })
        {
            Assert.Equal(word, end["stop_reason"]!.GetValue<string>());
            Assert.Equal("END", end["stop_sequence"]!.GetValue<string>());
        }
    }

    [Fact]
    public void A_refusal_in_words_is_text_that_ends_as_a_refusal()
    {
        static void Say(IAnswerSink sink)
        {
            sink.BeginPart(0, AnswerPart.Refusal);
            sink.Append(0, "I won't.");
            sink.EndPart(0);
            sink.EndChoice(0, StopReason.EndTurn);
        }

        Assert.Equal("refusal", Stream(Say)[^2]["delta"]!["stop_reason"]!.GetValue<string>());
        var whole = Whole(Say);
        Assert.Equal("refusal", whole["stop_reason"]!.GetValue<string>());
        Assert.Equal("I won't.", whole["content"]![0]!["text"]!.GetValue<string>());
    }

    [Fact]
    public void Only_the_first_of_several_choices_is_said()
    {
        static void Say(IAnswerSink sink)
        {
            foreach (var choice in (int[])[1, 0])
            {
                sink.BeginPart(choice, AnswerPart.Text);
                sink.Append(choice, $"choice {choice}");
                sink.Sign(choice, new ThoughtSignature("gemini", "G"));
                sink.EndPart(choice);
                sink.EndChoice(choice, choice == 0 ? StopReason.Length : StopReason.EndTurn);
            }
        }

        var events = Stream(Say);
        Assert.Equal("choice 0", events[1]["delta"]!["text"]!.GetValue<string>());
        Assert.Equal(5, events.Count);
        Assert.Equal("max_tokens", events[^2]["delta"]!["stop_reason"]!.GetValue<string>());
    }

    [Fact]
    public void A_fault_of_the_provider_ends_the_stream_with_an_error_and_not_with_a_stop()
    {
        var events = Stream(sink =>
        {
            sink.Start(new AnswerHead(null, null));
            sink.Fail(new ProviderFault(ProviderFaultKind.Overloaded, "at 10.0.0.7"));
        });

        Assert.Equal(2, events.Count);
        Assert.Equal("error", events[1]["type"]!.GetValue<string>());
        Assert.DoesNotContain("10.0.0.7", events[1].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(RequestId, events[1]["request_id"]!.GetValue<string>());
    }

    [Fact]
    public void A_whole_answer_is_said_whole()
    {
        var whole = Whole(sink =>
        {
            sink.Start(new AnswerHead("resp_1", null));
            sink.BeginPart(0, AnswerPart.Thinking);
            sink.Append(0, "hm");
            sink.EndPart(0);
            sink.BeginPart(0, AnswerPart.RedactedThinking);
            sink.Sign(0, new ThoughtSignature("openai", "E"));
            sink.EndPart(0);
            sink.BeginPart(0, AnswerPart.ToolCall("c", "f"));
            sink.Sign(0, new ThoughtSignature("gemini", "G"));
            sink.Append(0, "{\"x\":1}");
            sink.EndPart(0);
            sink.BeginPart(0, AnswerPart.ToolCall("d", "g"));
            sink.Append(0, "{\"cut o");
            sink.EndPart(0);
            sink.EndChoice(0, StopReason.Length);
            sink.Report(new UsageReport(
                new TokenUsage { InputUncached = 3, AudioIn = 1, OutputText = 2, AudioOut = 1 }, true));
        });

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(
            """
            {"id":"resp_1","type":"message","role":"assistant","model":"asked","content":[
             {"type":"thinking","thinking":"hm","signature":""},{"type":"redacted_thinking","data":"openai#E"},
             {"type":"thinking","thinking":"","signature":"gemini#G"},
             {"type":"tool_use","id":"c","name":"f","input":{"x":1}},
             {"type":"tool_use","id":"d","name":"g","input":{}}],
             "stop_reason":"max_tokens","stop_sequence":null,
             "usage":{"input_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,
              "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":3}}
            """), whole), whole.ToJsonString());
    }

    private static JsonNode Whole(Action<IAnswerSink> say)
    {
        var answer = new Answer();
        say(answer);
        using var output = new PooledBuffer(64);
        MessagesAnswerWriter.Write(answer, "asked", RequestId, output);
        return JsonNode.Parse(Encoding.UTF8.GetString(output.Span))!;
    }

    // Every event has the name its payload has, and the lines that end it.
    private static List<JsonNode> Stream(Action<IAnswerSink> say)
    {
        using var output = new PooledBuffer(64);
        var writer = new MessagesStreamWriter("asked", RequestId) { Output = output };
        say(writer);
        writer.Complete();
        var text = Encoding.UTF8.GetString(output.Span);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return [.. text[..^2].Split("\n\n").Select(Payload)];
    }

    private static JsonNode Payload(string streamEvent)
    {
        var lines = streamEvent.Split('\n');
        Assert.Equal(2, lines.Length);
        var payload = JsonNode.Parse(lines[1]["data: ".Length..])!;
        Assert.Equal($"event: {payload["type"]!.GetValue<string>()}", lines[0]);
        return payload;
    }

    private static string Begin(int index, string block) =>
        $$"""{"type":"content_block_start","index":{{index}},"content_block":{{block}}}""";

    private static string Delta(int index, string delta) =>
        $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""";

    private static string EndOf(int index) => $$"""{"type":"content_block_stop","index":{{index}}}""";

    private static void Is(List<JsonNode> events, params string[] expected)
    {
        Assert.Equal(expected.Length, events.Count);
        foreach (var (json, actual) in expected.Zip(events))
        {
            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(json), actual),
                $"expected {JsonNode.Parse(json)!.ToJsonString()}\nbut was  {actual.ToJsonString()}");
        }
    }
}
