using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.ChatCompletions;

/// <summary>An answer of any provider reads as one of OpenAI's, streamed and whole.</summary>
public sealed class ChatWritingTests
{
    private const string RequestId = "019aa5d0-1c00-7abc-8def-0123456789ab";

    private static readonly UsageReport _usage = new(
        new TokenUsage { InputUncached = 5, CacheRead = 3, CacheWrite5m = 2, OutputText = 4, OutputReasoning = 1 },
        IsConsistent: true);

    [Fact]
    public void A_stream_begins_with_the_role_and_ends_with_its_usage_and_its_last_word()
    {
        var chunks = Stream(ShowsUsage, answer =>
        {
            answer.Start(new AnswerHead("a1", "claude"));
            answer.BeginPart(0, AnswerPart.Text);
            answer.Append(0, "Hé\n");
            answer.EndPart(0);
            answer.EndChoice(0, StopReason.EndTurn);
            answer.Report(_usage);
        });

        Assert.Equal(
            OneLine(
                """
                {"id":"a1","object":"chat.completion.chunk","created":1763718470,"model":"claude",
                "system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":"",
                "refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}
                """),
            chunks[0]);
        Assert.Equal("""{"content":"Hé\n"}""", Delta(chunks[1]));
        Assert.Equal("{}", Delta(chunks[2]));
        Assert.Equal("stop", (string?)Choice(chunks[2])["finish_reason"]);
        Assert.All(chunks[..3], chunk => Assert.True(JsonNode.Parse(chunk)!.AsObject().ContainsKey("usage")));
        var last = JsonNode.Parse(chunks[3])!;
        Assert.Empty(last["choices"]!.AsArray());
        Assert.Equal((10, 5, 15), (
            (int)last["usage"]!["prompt_tokens"]!,
            (int)last["usage"]!["completion_tokens"]!,
            (int)last["usage"]!["total_tokens"]!));
        Assert.Equal((3, 2, 1), (
            (int)last["usage"]!["prompt_tokens_details"]!["cached_tokens"]!,
            (int)last["usage"]!["prompt_tokens_details"]!["cache_write_tokens"]!,
            (int)last["usage"]!["completion_tokens_details"]!["reasoning_tokens"]!));
        Assert.Equal("[DONE]", chunks[4]);
        Assert.Equal(5, chunks.Count);
    }

    [Fact]
    public void Usage_that_was_not_asked_for_is_not_mentioned()
    {
        var chunks = Stream("", answer =>
        {
            answer.Start(new AnswerHead(null, null));
            answer.EndChoice(0, StopReason.Length);
            answer.Report(_usage);
        });

        Assert.Equal(3, chunks.Count);
        Assert.All(chunks, chunk => Assert.DoesNotContain("usage", chunk, StringComparison.Ordinal));
        Assert.Equal("chatcmpl-019aa5d01c007abc8def0123456789ab", (string?)JsonNode.Parse(chunks[0])!["id"]);
        Assert.Equal("m", (string?)JsonNode.Parse(chunks[0])!["model"]);
        Assert.Equal("""{"role":"assistant","content":"","refusal":null}""", Delta(chunks[0]));
        Assert.Equal("length", (string?)Choice(chunks[1])["finish_reason"]);
    }

    [Fact]
    public void Calls_are_numbered_among_themselves_and_named_in_their_first_chunk()
    {
        var deltas = Stream("", answer =>
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.BeginPart(0, AnswerPart.ToolCall("c0", "f"));
            answer.Sign(0, new ThoughtSignature(SignatureOrigins.Gemini, "S"));
            answer.Append(0, "{\"x\":");
            answer.Append(0, "1}");
            answer.EndPart(0);
            answer.BeginPart(0, AnswerPart.Text);
            answer.Append(0, "and");
            answer.EndPart(0);
            answer.BeginPart(0, AnswerPart.ToolCall("c1", "g"));
            answer.EndPart(0);
            answer.EndChoice(0, StopReason.ToolCalls);
        }).SkipLast(1).Select(Delta).ToList();

        Assert.Equal(
            [
                OneLine(
                    """
                    {"role":"assistant","content":null,"refusal":null,"tool_calls":[{"index":0,"id":"c0",
                    "type":"function","function":{"name":"f","arguments":""},
                    "extra_content":{"google":{"thought_signature":"S"}}}]}
                    """),
                """{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}""",
                """{"content":"and"}""",
                """{"tool_calls":[{"index":1,"id":"c1","type":"function","function":{"name":"g","arguments":""}}]}""",
                """{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}""",
                "{}",
            ],
            deltas);
    }

    [Fact]
    public void A_caller_of_functions_reads_calls_in_the_older_way()
    {
        const string functions = ",\"functions\":[{\"name\":\"f\"}]";
        static void Say(IAnswerSink answer)
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.BeginPart(0, AnswerPart.ToolCall("c0", "f"));
            answer.Append(0, "{}");
            answer.EndPart(0);
            answer.EndChoice(0, StopReason.ToolCalls);
        }

        var chunks = Stream(functions, Say);
        Assert.Equal(
            """{"role":"assistant","content":null,"refusal":null,"function_call":{"name":"f","arguments":""}}""",
            Delta(chunks[0]));
        Assert.Equal("""{"function_call":{"arguments":"{}"}}""", Delta(chunks[1]));
        Assert.Equal("function_call", (string?)Choice(chunks[2])["finish_reason"]);

        var whole = Whole(functions, Say)["choices"]![0]!;
        Assert.Equal("""{"name":"f","arguments":"{}"}""", whole["message"]!["function_call"]!.ToJsonString());
        Assert.Equal("function_call", (string?)whole["finish_reason"]);
    }

    [Fact]
    public void Thoughts_are_shown_as_they_come_and_once_more_whole_beside_their_signature()
    {
        static void Say(IAnswerSink answer)
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.BeginPart(0, AnswerPart.Thinking);
            answer.Append(0, "h");
            answer.Append(0, "m");
            answer.Sign(0, new ThoughtSignature(SignatureOrigins.Anthropic, "S"));
            answer.EndPart(0);
            answer.BeginPart(0, AnswerPart.RedactedThinking);
            answer.Sign(0, new ThoughtSignature(SignatureOrigins.Bedrock, "R"));
            answer.EndPart(0);
            answer.BeginPart(0, AnswerPart.Text);
            answer.Append(0, "x");
            answer.EndPart(0);
            answer.EndChoice(0, StopReason.EndTurn);
        }

        Assert.Equal(
            [
                """{"role":"assistant","content":"","refusal":null}""",
                """{"reasoning_content":"h"}""",
                """{"reasoning_content":"m"}""",
                """{"thinking_blocks":[{"index":0,"type":"thinking","thinking":"hm","signature":"S"}]}""",
                """{"thinking_blocks":[{"index":1,"type":"redacted_thinking","data":"bedrock#R"}]}""",
                """{"content":"x"}""",
                "{}",
            ],
            Stream("", Say).SkipLast(1).Select(Delta));
        Assert.Equal(
            OneLine(
                """
                {"role":"assistant","content":"x","refusal":null,"reasoning_content":"hm","thinking_blocks":[
                {"type":"thinking","thinking":"hm","signature":"S"},{"type":"redacted_thinking","data":"bedrock#R"}],
                "annotations":[]}
                """),
            Whole("", Say)["choices"]![0]!["message"]!.ToJsonString());
    }

    [Fact]
    public void Probabilities_follow_the_text_they_belong_to()
    {
        using var tokens = JsonDocument.Parse("""[{"token":"x","logprob":-0.5,"bytes":null,"top_logprobs":[]}]""");
        void Say(IAnswerSink answer)
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.BeginPart(0, AnswerPart.Text);
            answer.Append(0, "x");
            answer.AppendLogprobs(0, tokens.RootElement);
            answer.EndPart(0);
            answer.EndChoice(0, StopReason.EndTurn);
        }

        var expected = $$"""{"content":{{tokens.RootElement.GetRawText()}},"refusal":null}""";
        Assert.Equal(expected, Choice(Stream("", Say)[2])["logprobs"]!.ToJsonString());
        Assert.Equal(expected, Whole("", Say)["choices"]![0]!["logprobs"]!.ToJsonString());
    }

    [Fact]
    public void A_provider_that_fails_in_the_middle_ends_the_stream_with_an_error_and_no_last_word()
    {
        var chunks = Stream(ShowsUsage, answer =>
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.BeginPart(0, AnswerPart.Text);
            answer.Append(0, "x");
            answer.Report(_usage);
            answer.Fail(new ProviderFault(ProviderFaultKind.Overloaded, "secret words of the provider"));
        });

        Assert.Equal(3, chunks.Count);
        Assert.Equal("upstream_unavailable", (string?)JsonNode.Parse(chunks[2])!["error"]!["code"]);
        Assert.DoesNotContain("secret", chunks[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StopReason.EndTurn, "stop")]
    [InlineData(StopReason.StopSequence, "stop")]
    [InlineData(StopReason.Pause, "stop")]
    [InlineData(StopReason.Length, "length")]
    [InlineData(StopReason.ContextWindow, "length")]
    [InlineData(StopReason.ToolCalls, "tool_calls")]
    [InlineData(StopReason.ContentFilter, "content_filter")]
    public void Every_end_has_OpenAIs_word(object reason, string word)
    {
        void Say(IAnswerSink answer)
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.EndChoice(1, (StopReason)reason);
        }

        Assert.Equal(word, (string?)Whole("", Say)["choices"]![1]!["finish_reason"]);
        Assert.Equal(word, (string?)Choice(Stream("", Say)[1])["finish_reason"]);
    }

    [Fact]
    public void A_whole_answer_says_what_its_stream_says()
    {
        static void Say(IAnswerSink answer)
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.BeginPart(0, AnswerPart.Refusal);
            answer.Append(0, "no");
            answer.EndPart(0);
            answer.EndChoice(0, StopReason.EndTurn);
            answer.Report(_usage);
        }

        var whole = Whole("", Say);
        Assert.Equal("chat.completion", (string?)whole["object"]);
        Assert.Equal(
            """{"role":"assistant","content":null,"refusal":"no","annotations":[]}""",
            whole["choices"]![0]!["message"]!.ToJsonString());
        Assert.Equal(10, (int)whole["usage"]!["prompt_tokens"]!);
        Assert.Equal("""{"refusal":"no"}""", Delta(Stream("", Say)[1]));
    }

    private const string ShowsUsage = ",\"stream_options\":{\"include_usage\":true}";

    private static List<string> Stream(string members, Action<IAnswerSink> say)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = ChatApi.Instance.OpenWriter(Request(members), RequestId);
        writer.Output = output;
        say(writer);
        writer.Complete();
        var events = Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n");
        Assert.Equal("", events[^1]);
        return [.. events[..^1].Select(line => line["data: ".Length..])];
    }

    private static JsonObject Whole(string members, Action<IAnswerSink> say)
    {
        var answer = new Answer();
        say(answer);
        var output = new ArrayBufferWriter<byte>();
        ChatApi.Instance.WriteAnswer(answer, Request(members), RequestId, output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    private static InboundRequest Request(string members)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[]{{members}}}""");
        var request = ChatApi.Instance.Read(body, out _)!;
        request.ReadGeneration();
        return request;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("");

    private static JsonNode Choice(string chunk) => JsonNode.Parse(chunk)!["choices"]![0]!;

    private static string Delta(string chunk) => Choice(chunk)["delta"]!.ToJsonString(Readable);

    private static JsonSerializerOptions Readable { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
