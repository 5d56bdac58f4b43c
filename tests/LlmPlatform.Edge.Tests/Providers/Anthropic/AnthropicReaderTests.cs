using System.Buffers;
using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Relay;
using LlmPlatform.Edge.Tests.Translation;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>An answer of Anthropic's is said the same, streamed in whatever pieces or whole.</summary>
public sealed class AnthropicReaderTests
{
    private const string Stream =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",
         "model":"claude-opus-4-6","content":[],"stop_reason":null,"stop_sequence":null,
         "usage":{"input_tokens":47,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,
         "cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"output_tokens":4,
         "service_tier":"standard"}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"",
         "signature":""}}

        event: ping
        data: {"type": "ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm, 模"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EsgD+/="}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"abc"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"He said "}      }

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"\"type\":\"ping\""}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: content_block_start
        data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1",
         "name":"get_weather","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"\"Oslo\"}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":3}

        event: content_block_start
        data: {"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"toolu_2",
         "name":"now","input":{}}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":4}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},
         "usage":{"input_tokens":47,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,
         "output_tokens":264}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    private const string Whole =
        """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-4-6","content":[
         {"type":"thinking","thinking":"Hm, 模","signature":"EsgD+/="},{"type":"redacted_thinking","data":"abc"},
         {"type":"text","text":"He said \"type\":\"ping\""},
         {"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Oslo"}},
         {"type":"tool_use","id":"toolu_2","name":"now","input":{}}],
         "stop_reason":"tool_use","stop_sequence":null,
         "usage":{"input_tokens":47,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,
          "cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"output_tokens":264}}
        """;

    private static readonly string[] _said =
    [
        "start msg_1 claude-opus-4-6",
        "0 begin Thinking", "0 text Hm, 模", "0 sign anthropic EsgD+/=", "0 end",
        "0 begin RedactedThinking", "0 sign anthropic abc", "0 end",
        "0 begin Text", "0 text He said \"type\":\"ping\"", "0 end",
        "0 begin ToolCall toolu_1 get_weather", "0 text {\"city\":\"Oslo\"}", "0 end",
        "0 begin ToolCall toolu_2 now", "0 end",
        "0 stop ToolCalls",
    ];

    private static readonly TokenUsage _used =
        new() { InputUncached = 47, CacheRead = 2, CacheWrite5m = 1, CacheWrite1h = 2, OutputText = 264 };

    [Fact]
    public void A_stream_says_the_same_however_it_is_cut()
    {
        foreach (var reads in PassageRun.Cuts(Joined(Stream)))
        {
            var log = new SinkLog();
            Assert.True(ReadStream(log, reads));
            Assert.Equal(_said, log.Lines);
            Assert.Equal(_used, log.Usage!.Tokens);
            Assert.True(log.Usage.IsConsistent);
        }
    }

    [Fact]
    public void A_whole_answer_says_the_same_as_its_stream()
    {
        var log = new SinkLog();
        var reader = new AnthropicReader(log, answerTool: null);

        Assert.True(reader.ReadWhole(Encoding.UTF8.GetBytes(Whole)));
        Assert.Equal("msg_1", reader.ProviderRequestId);
        Assert.Equal(_said.Where(line => line != "0 text {}"), log.Lines.Where(line => line != "0 text {}"));
        Assert.Equal(_used, log.Usage!.Tokens);
    }

    [Theory]
    [InlineData("end_turn", nameof(StopReason.EndTurn))]
    [InlineData("max_tokens", nameof(StopReason.Length))]
    [InlineData("stop_sequence", nameof(StopReason.StopSequence))]
    [InlineData("tool_use", nameof(StopReason.ToolCalls))]
    [InlineData("pause_turn", nameof(StopReason.Pause))]
    [InlineData("refusal", nameof(StopReason.ContentFilter))]
    [InlineData("model_context_window_exceeded", nameof(StopReason.ContextWindow))]
    [InlineData("something_new", nameof(StopReason.EndTurn))]
    public void Each_reason_to_stop_has_its_meaning(string reason, string meaning)
    {
        var log = new SinkLog();
        new AnthropicReader(log, null).ReadWhole(Encoding.UTF8.GetBytes(
            "{\"content\":[],\"stop_reason\":\"" + reason + "\",\"stop_sequence\":\"END\"}"));

        Assert.Equal($"0 stop {meaning} END", log.Lines[^1]);
    }

    [Fact]
    public void The_tool_that_stands_for_an_answer_is_turned_back_into_its_text()
    {
        const string stream =
            """
            data: {"type":"message_start","message":{"id":"m","model":"c"}}

            data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t",
             "name":"give_answer"}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta",
             "partial_json":"{\"a\":1}"}}

            data: {"type":"content_block_stop","index":0}

            data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}

            data: {"type":"message_stop"}


            """;
        var log = new SinkLog();

        Assert.True(ReadStream(log, [Encoding.UTF8.GetBytes(Joined(stream))], "give_answer"));
        Assert.Equal(["start m c", "0 begin Text", "0 text {\"a\":1}", "0 end", "0 stop EndTurn"], log.Lines);
    }

    [Fact]
    public void Blocks_that_nobody_asked_for_are_passed_over_and_arguments_may_come_at_once()
    {
        const string stream =
            """
            data: {"type":"message_start","message":{"id":"m","model":"c"}}

            data: {"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s",
             "name":"web"}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}

            data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t",
             "name":"f","input":{"x":1}}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"late"}}

            data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}

            data: {"type":"message_stop"}


            """;
        var log = new SinkLog();

        Assert.True(ReadStream(log, [Encoding.UTF8.GetBytes(Joined(stream))]));
        Assert.Equal(
            ["start m c", "0 begin ToolCall t f", "0 text {\"x\":1}", "0 end", "0 stop ToolCalls"], log.Lines);
    }

    [Fact]
    public void An_error_ends_a_stream_and_one_that_just_stops_was_cut_off()
    {
        const string start = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\"}}\n\n";
        var failed = new SinkLog();
        const string error = """{"type":"error","error":{"type":"overloaded_error","message":"x"}}""";
        Assert.True(ReadStream(failed, [Encoding.UTF8.GetBytes($"{start}event: error\ndata: {error}\n\n")]));
        Assert.Equal("fail Overloaded", failed.Lines[^1]);

        Assert.False(ReadStream(new SinkLog(), [Encoding.UTF8.GetBytes(start)]));
    }

    [Theory]
    [InlineData(": comment\n\n", false, null)]
    [InlineData("data: {\"type\":\"ping\"}\n\n", false, null)]
    [InlineData("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\n", false, null)]
    [InlineData("data: {\"type\":\"content_block_start\",\"index\":0}\n\n", true, null)]
    [InlineData(
        "data: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\"}}\n\n", false, "RateLimited")]
    public void What_says_nothing_begins_no_answer(string text, bool begins, string? fault)
    {
        using var framing = new ServerSentEventFraming();
        Assert.True(framing.TryRead(Encoding.UTF8.GetBytes(text), ended: true, out var streamEvent));

        Assert.Equal(begins, new AnthropicReader(new SinkLog(), null).Begins(in streamEvent, out var found));
        Assert.Equal(fault, found?.Kind.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"content":"text"}""")]
    [InlineData("""{"content":[{"type":"text","text":"\ud800"}]}""")]
    public void What_is_no_answer_is_not_taken_for_one(string text) =>
        Assert.False(new AnthropicReader(new SinkLog(), null).ReadWhole(Encoding.UTF8.GetBytes(text)));

    // A line that begins with a space goes on with the one before it.
    private static string Joined(string stream) =>
        stream.ReplaceLineEndings("\n").Replace("\n ", "", StringComparison.Ordinal);

    private static bool ReadStream(SinkLog log, byte[][] reads, string? answerTool = null)
    {
        var reader = new AnthropicReader(log, answerTool);
        using var passage = new ReaderPassage(reader);
        return PassageRun.Through(passage, reads).Ended;
    }

    /// <summary>A passage that only reads.</summary>
    private sealed class ReaderPassage(AnswerReader reader) : StreamPassage
    {
        public override StreamFraming Framing { get; } = new ServerSentEventFraming();

        public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault) =>
            reader.Begins(in streamEvent, out fault);

        public override bool Take(in StreamEvent streamEvent, IBufferWriter<byte> output) =>
            reader.Read(in streamEvent);

        public override bool End(IBufferWriter<byte> output) => reader.End();

        public override void EndWithError(GatewayError error, IBufferWriter<byte> output)
        {
        }
    }
}
