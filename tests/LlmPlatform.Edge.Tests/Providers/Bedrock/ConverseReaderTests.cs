using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

public sealed class ConverseReaderTests
{
    public static TheoryData<string> Streamed => [.. ConverseFixtures.All.Select(fixture => fixture.Name)];

    public static TheoryData<string> Whole =>
        [.. ConverseFixtures.All.Where(fixture => fixture.Whole is not null).Select(fixture => fixture.Name)];

    [Theory]
    [MemberData(nameof(Streamed))]
    public void A_stream_says_the_same_wherever_its_bytes_are_cut(string name)
    {
        var fixture = Find(name);
        var stream = fixture.Stream;

        Assert.Equal(fixture.Lines, Read([stream]).Lines);
        Assert.Equal(fixture.Lines, Read(stream.Select(value => new[] { value })).Lines);
        for (var cut = 1; cut < stream.Length; cut++)
        {
            Assert.Equal(fixture.Lines, Read([stream[..cut], stream[cut..]]).Lines);
        }
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public void A_whole_answer_says_what_its_stream_says(string name)
    {
        var fixture = Find(name);
        var spoken = new SpokenAnswer();

        Assert.True(new ConverseReader(spoken, answerTool: null).ReadWhole(Encoding.UTF8.GetBytes(fixture.Whole!)));

        Assert.Equal(fixture.Lines, spoken.Lines);
    }

    [Fact]
    public void Every_delta_is_passed_on_as_it_comes() =>
        Assert.Equal(2, Read([ConverseFixtures.Text.Stream]).Pieces);

    [Fact]
    public void An_answer_begins_with_its_first_block_and_not_with_its_message()
    {
        Assert.Equal([false, true, true, true, true, true, false], Beginnings(ConverseFixtures.Text));
        Assert.Equal([false, false], Beginnings(ConverseFixtures.FailsAtOnce));
    }

    [Theory]
    [InlineData("throttlingException", ProviderFaultKind.RateLimited)]
    [InlineData("serviceUnavailableException", ProviderFaultKind.Overloaded)]
    [InlineData("internalServerException", ProviderFaultKind.Server)]
    [InlineData("modelStreamErrorException", ProviderFaultKind.Server)]
    [InlineData("validationException", ProviderFaultKind.InvalidRequest)]
    [InlineData("modelTimeoutException", ProviderFaultKind.Timeout)]
    [InlineData("somethingNewException", ProviderFaultKind.Server)]
    public void An_exception_in_the_place_of_an_answer_is_a_refusal(string name, object kind)
    {
        using var framing = new AwsEventStreamFraming();
        Assert.True(framing.TryRead(AwsEvents.Exception(name, """{"message":"why"}"""), false, out var exception));

        var begins = new ConverseReader(new SpokenAnswer(), null).Begins(in exception, out var fault);

        Assert.False(begins);
        Assert.Equal(((ProviderFaultKind)kind, "why", name), (fault!.Kind, fault.Message, fault.Code));
    }

    [Fact]
    public void An_error_that_the_service_has_no_exception_for_is_told_by_its_headers()
    {
        var spoken = Read([AwsEvents.Error("InternalFailure", "it broke")]);

        Assert.Equal(["start", "fail Server InternalFailure: it broke"], spoken.Lines);
    }

    [Fact]
    public void Blocks_that_come_mixed_are_said_one_after_the_other()
    {
        var spoken = Read([
            .. AwsEvents.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"a"}}"""),
            .. AwsEvents.Event("contentBlockStart",
                """{"contentBlockIndex":1,"start":{"toolUse":{"name":"f","toolUseId":"1"}}}"""),
            .. AwsEvents.Event("contentBlockDelta",
                """{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"x\""}}}"""),
            .. AwsEvents.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"b"}}"""),
            .. AwsEvents.Event("contentBlockStart",
                """{"contentBlockIndex":2,"start":{"toolUse":{"name":"g","toolUseId":"2"}}}"""),
            .. AwsEvents.Event("contentBlockStop", """{"contentBlockIndex":2}"""),
            .. AwsEvents.Event("contentBlockDelta",
                """{"contentBlockIndex":1,"delta":{"toolUse":{"input":":1}"}}}"""),
            .. AwsEvents.Event("contentBlockStop", """{"contentBlockIndex":0}"""),
            .. AwsEvents.Event("messageStop", """{"stopReason":"tool_use"}"""),
        ]);

        Assert.Equal(
            ["start", "Text: ab", """ToolCall 1 f: {"x":1}""", "ToolCall 2 g: {}", "end ToolCalls"], spoken.Lines);
    }

    [Fact]
    public void A_stream_without_its_usage_is_whole_and_one_without_its_stop_is_cut_off()
    {
        var (events, lines) = (ConverseFixtures.Text.Events, ConverseFixtures.Text.Lines);

        Assert.Equal(lines.SkipLast(1), Read(StreamOf(events.SkipLast(1)), isWhole: true).Lines);
        Assert.Equal(lines.SkipLast(2), Read(StreamOf(events.SkipLast(2)), isWhole: false).Lines);
    }

    [Theory]
    [InlineData("end_turn", StopReason.EndTurn)]
    [InlineData("tool_use", StopReason.ToolCalls)]
    [InlineData("max_tokens", StopReason.Length)]
    [InlineData("stop_sequence", StopReason.StopSequence)]
    [InlineData("guardrail_intervened", StopReason.ContentFilter)]
    [InlineData("content_filtered", StopReason.ContentFilter)]
    [InlineData("refusal", StopReason.ContentFilter)]
    [InlineData("model_context_window_exceeded", StopReason.ContextWindow)]
    [InlineData("pause_turn", StopReason.Pause)]
    [InlineData("malformed_tool_use", StopReason.EndTurn)]
    [InlineData("something_new", StopReason.EndTurn)]
    public void Every_stop_reason_has_its_meaning(string said, object meaning)
    {
        var stop = AwsEvents.Event("messageStop", $$"""{"stopReason":"{{said}}"}""");

        Assert.Equal(["start", $"end {meaning}"], Read([stop]).Lines);
    }

    [Fact]
    public void A_form_that_a_tool_stands_for_is_said_as_text()
    {
        (string, string)[] events =
        [
            ("contentBlockStart", """{"contentBlockIndex":0,"start":{"toolUse":{"name":"answer","toolUseId":"1"}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"sum\":"}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"toolUse":{"input":"4}"}}}"""),
            ("contentBlockStop", """{"contentBlockIndex":0}"""),
            ("messageStop", """{"stopReason":"tool_use"}"""),
        ];
        var whole = new SpokenAnswer();
        new ConverseReader(whole, "answer").ReadWhole(
            """
            {"output":{"message":{"content":[{"toolUse":{"input":{"sum":4},"name":"answer","toolUseId":"1"}}]}},
            "stopReason":"tool_use"}
            """u8.ToArray());

        string[] expected = ["start", """Text: {"sum":4}""", "end EndTurn"];
        Assert.Equal(expected, Read(StreamOf(events), answerTool: "answer").Lines);
        Assert.Equal(expected, whole.Lines);
    }

    [Fact]
    public void A_form_without_members_is_an_empty_object_and_a_real_call_beside_it_stays_one()
    {
        (string, string)[] events =
        [
            ("contentBlockStart", """{"contentBlockIndex":0,"start":{"toolUse":{"name":"answer","toolUseId":"1"}}}"""),
            ("contentBlockStop", """{"contentBlockIndex":0}"""),
            ("contentBlockStart", """{"contentBlockIndex":1,"start":{"toolUse":{"name":"look","toolUseId":"2"}}}"""),
            ("contentBlockStop", """{"contentBlockIndex":1}"""),
            ("messageStop", """{"stopReason":"tool_use"}"""),
        ];

        Assert.Equal(
            ["start", "Text: {}", "ToolCall 2 look: {}", "end ToolCalls"],
            Read(StreamOf(events), answerTool: "answer").Lines);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"message":"Too many requests"}""")]
    [InlineData("""{"output":{"message":{"content":"text"}}}""")]
    [InlineData("""{"output":{"message":{"content":[{"text":5}]}}}""")]
    [InlineData("""{"output":{"message":{"content":[{"text":"\ud83d"}]}}}""")]
    [InlineData("""{"output":{"message":{"content":[{"reasoningContent":{"redactedContent":"!"}}]}}}""")]
    public void What_is_no_answer_is_told(string answer) =>
        Assert.False(new ConverseReader(new Answer(), null).ReadWhole(Encoding.UTF8.GetBytes(answer)));

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"contentBlockIndex":"0","delta":{"text":"x"}}""")]
    [InlineData("""{"contentBlockIndex":0,"delta":{"text":"\ud83d"}}""")]
    [InlineData("""{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"!"}}}""")]
    [InlineData("""{"contentBlockIndex":0,"delta":{"text":"x"}""")]
    public void A_damaged_payload_breaks_the_stream_and_nothing_else(string payload) =>
        Assert.Throws<InvalidDataException>(() => Read([AwsEvents.Event("contentBlockDelta", payload)]));

    [Theory]
    [InlineData("""{"inputTokens":16,"outputTokens":9,"totalTokens":25}""", true, 16, 0, 0, 0, 9)]
    [InlineData("""
        {"inputTokens":16,"outputTokens":9,"totalTokens":2412,"cacheReadInputTokens":0,"cacheWriteInputTokens":2387}
        """, true, 16, 0, 2387, 0, 9)]
    [InlineData("""
        {"cacheDetails":[{"inputTokens":100,"ttl":"1h"},{"ttl":"5m","inputTokens":20}],"cacheReadInputTokens":7,
        "cacheWriteInputTokens":120,"inputTokens":1,"outputTokens":2,"totalTokens":130}
        """, true, 1, 7, 20, 100, 2)]
    [InlineData("""{"inputTokens":16,"outputTokens":9}""", true, 16, 0, 0, 0, 9)]
    [InlineData("""{"inputTokens":16,"outputTokens":null,"cacheReadInputTokens":null}""", true, 16, 0, 0, 0, 0)]
    [InlineData("""{"inputTokens":16,"outputTokens":9,"totalTokens":99}""", false, 90, 0, 0, 0, 9)]
    [InlineData("""{"inputTokens":16,"outputTokens":9,"totalTokens":25,"cacheReadInputTokens":10}""",
        false, 26, 0, 0, 0, 9)]
    [InlineData("""
        {"cacheDetails":[{"inputTokens":100,"ttl":"1h"}],"cacheWriteInputTokens":40,"inputTokens":1,"outputTokens":2}
        """, false, 101, 0, 0, 0, 2)]
    [InlineData("""{"inputTokens":-5,"outputTokens":9,"totalTokens":4}""", false, 0, 0, 0, 0, 9)]
    [InlineData("""{"inputTokens":1.5,"outputTokens":9}""", false, 0, 0, 0, 0, 9)]
    [InlineData("""{"inputTokens":99999999999,"outputTokens":9}""", false, 0, 0, 0, 0, 9)]
    public void Usage_is_read_into_meters_that_share_no_token(
        string usage, bool isConsistent, long input, long read, long write5m, long write1h, long output)
    {
        var report = Read(StreamOf([
            ("messageStop", """{"stopReason":"end_turn"}"""), ("metadata", $$"""{"usage":{{usage}}}"""),
        ])).Usage;

        var expected = new TokenUsage
        {
            InputUncached = input,
            CacheRead = read,
            CacheWrite5m = write5m,
            CacheWrite1h = write1h,
            OutputText = output,
        };
        Assert.Equal((expected, isConsistent, usage.Trim()), (report!.Tokens, report.IsConsistent, report.Raw));
    }

    private static ConverseFixture Find(string name) => ConverseFixtures.All.Single(fixture => fixture.Name == name);

    private static byte[][] StreamOf(IEnumerable<(string Name, string Payload)> events) =>
        [[.. events.SelectMany(said => AwsEvents.Event(said.Name, said.Payload))]];

    private static List<bool> Beginnings(ConverseFixture fixture)
    {
        var reader = new ConverseReader(new SpokenAnswer(), null);
        var begins = new List<bool>();
        foreach (var (name, payload) in fixture.Events)
        {
            using var framing = new AwsEventStreamFraming();
            framing.TryRead(new ConverseFixture("", [(name, payload)], null, []).Stream, false, out var streamEvent);
            begins.Add(reader.Begins(in streamEvent, out _));
        }

        return begins;
    }

    private static SpokenAnswer Read(byte[] stream) => Read([stream]);

    // As the relay drives a reader: until its last event, or to the end of the bytes.
    private static SpokenAnswer Read(
        IEnumerable<byte[]> pieces, string? answerTool = null, bool? isWhole = null)
    {
        var spoken = new SpokenAnswer();
        var reader = new ConverseReader(spoken, answerTool);
        using var framing = new AwsEventStreamFraming();
        var pending = new List<byte>();
        foreach (var piece in pieces.Append([]))
        {
            pending.AddRange(piece);
            while (framing.TryRead(pending.ToArray(), ended: piece.Length == 0, out var streamEvent))
            {
                var length = streamEvent.Whole.Length;
                if (reader.Read(in streamEvent))
                {
                    return spoken;
                }

                pending.RemoveRange(0, length);
            }
        }

        var hasEnded = reader.End();
        Assert.Equal(isWhole ?? hasEnded, hasEnded);
        return spoken;
    }
}
