using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Responses;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary>How a translated answer is written: as OpenAI's own would come, streamed or whole.</summary>
public sealed class ResponsesWritingTests
{
    private const string RequestId = "019385e6-0000-7000-8000-000000000001";
    private const string Hex = "019385e6000070008000000000000001";

    private static readonly UsageReport Usage = new(
        new TokenUsage { InputUncached = 7, CacheRead = 5, CacheWrite5m = 2, OutputText = 6, OutputReasoning = 4 },
        IsConsistent: true);

    [Fact]
    public void Events_come_in_the_recorded_order()
    {
        var events = Stream("\"input\":\"x\"", writer =>
        {
            writer.Start(new AnswerHead("msg_1", "claude"));
            writer.BeginPart(0, AnswerPart.Thinking);
            writer.Append(0, "hm");
            writer.Sign(0, new ThoughtSignature(SignatureOrigins.Anthropic, "Es"));
            writer.EndPart(0);
            writer.BeginPart(0, AnswerPart.Text);
            writer.Append(0, "Hel");
            writer.Append(0, "lo");
            writer.EndPart(0);
            writer.BeginPart(0, AnswerPart.ToolCall("toolu_1", "now"));
            writer.EndPart(0);
            writer.EndChoice(0, StopReason.ToolCalls);
            writer.Report(Usage);
            writer.Complete();
        });

        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.reasoning_summary_part.added",
                "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done",
                "response.reasoning_summary_part.done", "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                "response.output_item.done",
                "response.output_item.added", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done",
                "response.completed",
            ],
            events.Select(one => (string)one["type"]!));
        IsJson(
            $$"""{"id":"rs_unstored_{{Hex}}_0","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"""
            + "\"encrypted_content\":\"anthropic#Es\"}",
            events[7]["item"]);
        IsJson(
            $$"""{"type":"response.output_text.delta","sequence_number":10,"item_id":"msg_unstored_{{Hex}}_1","""
            + "\"output_index\":1,\"content_index\":0,\"delta\":\"Hel\",\"logprobs\":[]}",
            events[10]);
        IsJson(
            $$"""{"id":"fc_unstored_{{Hex}}_2","type":"function_call","status":"completed","arguments":"{}","""
            + "\"call_id\":\"toolu_1\",\"name\":\"now\"}",
            events[18]["item"]);
        IsJson(
            "{\"input_tokens\":14,\"input_tokens_details\":{\"cached_tokens\":5,\"cache_write_tokens\":2},"
            + "\"output_tokens\":10,\"output_tokens_details\":{\"reasoning_tokens\":4},\"total_tokens\":24}",
            events[19]["response"]!["usage"]);
    }

    [Fact]
    public void A_response_repeats_its_request_and_says_that_nothing_is_stored()
    {
        var response = Stream(
            """
            "input":"x","store":true,"instructions":"be brief","temperature":0.25,
            "tools":[{"type":"function","name":"f"}],
            "tool_choice":"none","text":{"verbosity":"low"},"reasoning":{"effort":"low"},"metadata":{"a":"b"}
            """,
            writer => writer.Start(new AnswerHead(null, null)))[0]["response"]!;

        IsJson(
            $$"""
            {"id":"resp_unstored_{{Hex}}","object":"response","created_at":1733118263,"status":"in_progress",
             "background":false,"error":null,"incomplete_details":null,"instructions":"be brief",
             "max_output_tokens":null,"max_tool_calls":null,"model":"m","output":[],"previous_response_id":null,
             "store":false,"truncation":"disabled","parallel_tool_calls":true,"prompt_cache_key":null,
             "reasoning":{"effort":"low","summary":null},"safety_identifier":null,"service_tier":"default",
             "temperature":0.25,"text":{"format":{"type":"text"},"verbosity":"low"},"tool_choice":"none",
             "tools":[{"type":"function","name":"f"}],"top_logprobs":0,"top_p":1.0,"user":null,"metadata":{"a":"b"},
             "usage":null}
            """,
            response);
    }

    [Fact]
    public void Line_ends_in_a_request_break_no_event()
    {
        var events = Stream(
            "\"input\":\"x\",\"tools\":[\r\n{\n\"type\":\"function\",\r\"name\":\"f\"}\n],\"metadata\":{\n}",
            writer => writer.Start(new AnswerHead(null, null)));

        IsJson("[{\"type\":\"function\",\"name\":\"f\"}]", events[0]["response"]!["tools"]);
    }

    [Theory]
    [InlineData(StopReason.Length, "response.incomplete", "max_output_tokens")]
    [InlineData(StopReason.ContextWindow, "response.incomplete", "max_output_tokens")]
    [InlineData(StopReason.ContentFilter, "response.incomplete", "content_filter")]
    [InlineData(StopReason.EndTurn, "response.completed", null)]
    [InlineData(StopReason.StopSequence, "response.completed", null)]
    [InlineData(StopReason.Pause, "response.completed", null)]
    internal void Why_an_answer_ended_is_said(StopReason reason, string type, string? details)
    {
        var events = Stream("\"input\":\"x\"", writer => Say(writer, new ContentPart.Text("cut"), reason));

        var response = events[^1]["response"]!;
        Assert.Equal(type, (string?)events[^1]["type"]);
        Assert.Equal(type, "response." + (string?)response["status"]);
        Assert.Equal(details, (string?)response["incomplete_details"]?["reason"]);
        Assert.Equal(details is null ? "completed" : "incomplete", (string?)response["output"]![0]!["status"]);
        Assert.Equal(details is null ? "completed" : "incomplete", (string?)events[^2]["item"]!["status"]);
    }

    [Fact]
    public void A_refusal_is_a_part_of_the_message()
    {
        var events = Stream(
            "\"input\":\"x\"", writer => Say(writer, new ContentPart.Refusal("I will not."), StopReason.EndTurn));

        Assert.Equal(
            ["response.refusal.delta", "response.refusal.done"],
            events.Select(one => (string)one["type"]!).Where(type => type.Contains("refusal")).Distinct());
        IsJson(
            "[{\"type\":\"refusal\",\"refusal\":\"I will not.\"}]",
            events[^1]["response"]!["output"]![0]!["content"]);
    }

    [Fact]
    public void Probabilities_go_with_the_text_they_are_of()
    {
        const string first = """{"token":"Hi","logprob":-0.1,"bytes":[72,105],"top_logprobs":[]}""";
        const string second = """{"token":"!","logprob":-0.2,"bytes":[33],"top_logprobs":[]}""";
        var events = Stream("\"input\":\"x\",\"include\":[\"message.output_text.logprobs\"]", writer =>
        {
            writer.Start(new AnswerHead(null, null));
            writer.BeginPart(0, AnswerPart.Text);
            writer.Append(0, "Hi");
            writer.AppendLogprobs(0, JsonDocument.Parse($"[{first}]").RootElement);
            writer.Append(0, "!");
            writer.AppendLogprobs(0, JsonDocument.Parse($"[{second}]").RootElement);
            writer.EndPart(0);
            writer.EndChoice(0, StopReason.EndTurn);
            writer.Complete();
        });

        var deltas = events.Where(one => (string?)one["type"] == "response.output_text.delta").ToList();
        Assert.Equal(["Hi", "!"], deltas.Select(delta => (string)delta["delta"]!));
        IsJson($"[{first}]", deltas[0]["logprobs"]);
        IsJson($"[{second}]", deltas[1]["logprobs"]);
        IsJson($"[{first},{second}]", events[^1]["response"]!["output"]![0]!["content"]![0]!["logprobs"]);
    }

    [Fact]
    public void A_fault_in_the_middle_is_an_error_and_a_failed_response_in_words_of_ours()
    {
        var events = Stream("\"input\":\"x\"", writer =>
        {
            writer.Start(new AnswerHead(null, null));
            writer.BeginPart(0, AnswerPart.Text);
            writer.Append(0, "half");
            writer.Fail(new ProviderFault(ProviderFaultKind.Overloaded, "secret-host is busy"));
            writer.Complete();
        });

        Assert.Equal(["error", "response.failed"], events[^2..].Select(one => (string)one["type"]!));
        Assert.Equal("rate_limit_exceeded", (string?)events[^2]["error"]!["code"]);
        Assert.Equal("rate_limit_exceeded", (string?)events[^1]["response"]!["error"]!["code"]);
        Assert.DoesNotContain("secret-host", events[^1].ToJsonString(), StringComparison.Ordinal);
        var item = events[^1]["response"]!["output"]![0]!;
        Assert.Equal(("incomplete", "half"), ((string?)item["status"], (string?)item["content"]![0]!["text"]));
    }

    [Fact]
    public void An_error_of_ours_ends_the_stream_wherever_it_stands()
    {
        var events = Stream("\"input\":\"x\"", writer =>
        {
            writer.Start(new AnswerHead(null, null));
            writer.BeginPart(0, AnswerPart.ToolCall("c", "f"));
            writer.Append(0, "{\"a\":");
            writer.EndWithError(GatewayError.UpstreamTimeout("m"));
        });

        Assert.Equal(["error", "response.failed"], events[^2..].Select(one => (string)one["type"]!));
        Assert.Equal("upstream_timeout", (string?)events[^2]["code"]);
        Assert.Equal("failed", (string?)events[^1]["response"]!["status"]);
    }

    [Fact]
    public void A_stream_and_a_whole_answer_say_the_same_and_what_comes_back_is_what_was_said()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 500; round++)
        {
            var parts = RandomParts(random);
            var reason = (StopReason)random.Next(5);
            var body = Body("\"input\":\"x\"");
            var gathered = new Answer();
            var events = Stream("\"input\":\"x\"", writer => Say(writer, parts, reason, random));
            Say(gathered, parts, reason, random);
            var output = new ArrayBufferWriter<byte>();
            ResponsesApi.Instance.WriteAnswer(gathered, body, RequestId, output);
            var whole = JsonNode.Parse(output.WrittenSpan)!;

            Assert.Equal(whole.ToJsonString(), events[^1]["response"]!.ToJsonString());
            FollowsItsItems(events);
            ComesBack(gathered.Choices[0].Parts, whole["output"]!.AsArray());
        }
    }

    // Who gathers the events of a stream has the last one's output.
    private static void FollowsItsItems(List<JsonObject> events)
    {
        var texts = new Dictionary<(int, string, int), string>();
        var done = new List<string>();
        foreach (var one in events)
        {
            var type = ((string)one["type"]!).Split('.');
            if (one["output_index"] is { } index)
            {
                Assert.Equal(done.Count, (int)index);
            }

            if (type[^1] == "delta")
            {
                var key = KeyOf(one, type[1]);
                texts[key] = texts.GetValueOrDefault(key, "") + (string)one["delta"]!;
            }
            else if (type[^1] == "done" && type[1] is not ("output_item" or "content_part" or "reasoning_summary_part"))
            {
                var text = (string)(one["text"] ?? one["arguments"] ?? one["refusal"])!;
                Assert.Equal(text, texts.GetValueOrDefault(KeyOf(one, type[1]), ""));
            }
            else if (type[^1] == "done" && type[1] == "output_item")
            {
                done.Add(one["item"]!.ToJsonString());
            }
        }

        Assert.Equal(events[^1]["response"]!["output"]!.AsArray().Select(item => item!.ToJsonString()), done);
    }

    private static (int, string, int) KeyOf(JsonObject one, string kind) =>
        ((int)one["output_index"]!, kind, (int?)(one["content_index"] ?? one["summary_index"]) ?? 0);

    private static void ComesBack(IReadOnlyList<ContentPart> said, JsonArray output)
    {
        if (said.Count == 0)
        {
            return;
        }

        var body = new JsonObject { ["model"] = "m", ["input"] = output.DeepClone() };
        var request = ResponsesRequest.Read(Encoding.UTF8.GetBytes(body.ToJsonString()), out _)!;

        // An unsigned thought without a word of text is nothing to send back.
        var expected = said.Where(part => part is not ContentPart.Thinking { IsRedacted: true, Signature: null });
        Assert.Equal(expected, request.ReadGeneration().Turns.SelectMany(turn => turn.Parts));
    }

    private static List<ContentPart> RandomParts(Random random) =>
        [.. Enumerable.Range(0, random.Next(6)).Select(index => RandomPart(random, index))];

    private static ContentPart RandomPart(Random random, int index)
    {
        var text = $"\"{index}\" 模\n" + new string('a', random.Next(9));
        string[] origins = [SignatureOrigins.Anthropic, SignatureOrigins.Bedrock, SignatureOrigins.OpenAi];
        var signature = random.Next(2) == 0 ? null : new ThoughtSignature(origins[random.Next(3)], $"s{index}");
        return random.Next(6) switch
        {
            0 => new ContentPart.Thinking(text) { Signature = signature },
            1 => new ContentPart.Thinking("") { Signature = signature, IsRedacted = true },
            2 => new ContentPart.ToolCall($"call_{index}", "f", $"{{\"a\":\"{index}\"}}"),
            3 => new ContentPart.ToolCall($"call_{index}", "f", "{}")
            {
                Signature = new ThoughtSignature(SignatureOrigins.Gemini, $"g{index}"),
            },
            4 => new ContentPart.Refusal(text),
            _ => new ContentPart.Text(text),
        };
    }

    private static void Say(AnswerStreamWriter writer, ContentPart part, StopReason reason) =>
        Say(writer, [part], reason, new Random(1));

    private static void Say(IAnswerSink sink, List<ContentPart> parts, StopReason reason, Random random)
    {
        sink.Start(new AnswerHead("id", "their-model"));
        foreach (var part in parts)
        {
            var (kind, text, signature) = part switch
            {
                ContentPart.Thinking { IsRedacted: true } redacted =>
                    (new AnswerPart(AnswerPartKind.RedactedThinking), "", redacted.Signature),
                ContentPart.Thinking thinking => (AnswerPart.Thinking, thinking.Value, thinking.Signature),
                ContentPart.ToolCall call => (AnswerPart.ToolCall(call.Id, call.Name), call.Arguments, call.Signature),
                ContentPart.Refusal refusal => (AnswerPart.Refusal, refusal.Value, null),
                _ => (AnswerPart.Text, ((ContentPart.Text)part).Value, (ThoughtSignature?)null),
            };
            sink.BeginPart(0, kind);
            var cut = random.Next(text.Length + 1);
            sink.Append(0, text[..cut]);
            sink.Append(0, text[cut..]);
            if (signature is not null)
            {
                sink.Sign(0, signature);
            }

            sink.EndPart(0);
        }

        sink.EndChoice(0, reason);
        sink.Report(Usage);
        sink.Complete();
    }

    private static List<JsonObject> Stream(string members, Action<AnswerStreamWriter> say)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = ResponsesApi.Instance.OpenWriter(Body(members), RequestId);
        writer.Output = output;
        say(writer);
        var events = new List<JsonObject>();
        foreach (var text in Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n")[..^1])
        {
            var lines = text.Split('\n');
            var payload = JsonNode.Parse(lines[1]["data: ".Length..])!.AsObject();
            Assert.Equal(2, lines.Length);
            Assert.Equal("event: " + (string)payload["type"]!, lines[0]);
            Assert.Equal(events.Count, (int)payload["sequence_number"]!);
            events.Add(payload);
        }

        return events;
    }

    private static ResponsesRequest Body(string members) =>
        ResponsesRequest.Read(Encoding.UTF8.GetBytes("{\"model\":\"m\"," + members + "}"), out _)!;

    private static void IsJson(string expected, JsonNode? actual) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual?.ToJsonString());
}
