using System.Text;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Responses;
using LlmPlatform.Edge.Tests.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary>A stream of a response whose provider speaks the API: nothing in it changes, and it is billed.</summary>
public sealed class ResponsesPassageTests
{
    private const string Created =
        """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","output":[]}}""";
    private const string Progress =
        """{"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_1","output":[],"usage":null}}""";
    private const string Added =
        """{"type":"response.output_item.added","sequence_number":2,"item":{"id":"msg_1","content":[]}}""";
    private const string Delta =
        """{"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_1","delta":"h\u00e9 \"usage\" 模"}""";
    private const string Unknown =
        """{"type":"response.tea.brewed","sequence_number":4,"leaves":3}""";
    private const string UsageText =
        "{\"input_tokens\":12,\"input_tokens_details\":{\"cached_tokens\":5},\"output_tokens\":8,"
        + "\"output_tokens_details\":{\"reasoning_tokens\":3},\"total_tokens\":20}";

    private static string Beginning => Event("response.created", Created) + Event("response.in_progress", Progress)
        + Event("response.output_item.added", Added);

    private static string Whole => Beginning + Event("response.output_text.delta", Delta)
        + Event("response.tea.brewed", Unknown) + Last("completed");

    public static TheoryData<string> Endings => ["completed", "incomplete", "failed"];

    [Fact]
    public async Task A_stream_passes_unchanged_however_it_is_cut()
    {
        foreach (var sent in new[] { Whole, Whole.Replace("\n", "\r\n", StringComparison.Ordinal), ": hi\n\n" + Whole })
        {
            foreach (var reads in RelayedStream.Cuts(sent))
            {
                var passage = Passage();
                var got = await RelayedStream.RunAsync(passage, reads);

                Assert.Equal((sent, null), (got.Text, got.Error));
                Assert.Equal(Tokens, passage.Usage?.Tokens);
                Assert.Equal("resp_1", passage.ProviderRequestId);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task The_last_event_carries_the_usage_and_leaves_after_it_is_settled(string ending)
    {
        var passage = Passage();
        var got = await RelayedStream.RunAsync(passage, [Encoding.UTF8.GetBytes(Beginning + Last(ending))]);

        Assert.Equal(Last(ending), got.Held);
        Assert.Equal(Tokens, passage.Usage?.Tokens);
        Assert.Equal(UsageText, passage.Usage?.Raw);
        Assert.Equal(ending == "failed", passage.SawError);
    }

    [Fact]
    public async Task A_terminator_that_some_gateways_append_is_neither_needed_nor_passed_on()
    {
        foreach (var reads in RelayedStream.Cuts(Whole + "data: [DONE]\n\n"))
        {
            var got = await RelayedStream.RunAsync(Passage(), reads);
            Assert.Equal((Whole, null), (got.Text, got.Error));
        }
    }

    [Fact]
    public async Task Names_may_stand_in_the_payload_alone()
    {
        var sent = Whole.Split('\n').Where(line => !line.StartsWith("event:", StringComparison.Ordinal));
        var passage = Passage();
        var got = await RelayedStream.RunAsync(passage, [Encoding.UTF8.GetBytes(string.Join('\n', sent))]);

        Assert.Equal(string.Join('\n', sent), got.Text);
        Assert.Equal((Tokens, "resp_1"), (passage.Usage?.Tokens, passage.ProviderRequestId));
    }

    [Fact]
    public async Task Text_is_counted_for_an_estimate()
    {
        var passage = Passage();
        await RelayedStream.RunAsync(passage, [Encoding.UTF8.GetBytes(Whole)]);

        Assert.Equal(("h\\u00e9 \\\"usage\\\" ".Length + 3, 1), (passage.ContentBytes, passage.ContentEvents));
    }

    [Fact]
    public async Task A_stream_without_its_last_event_was_cut_off_and_is_ended_with_an_error_and_a_failed_response()
    {
        foreach (var ending in (string[])["", "data: [DONE]\n\n", "event: response.comp"])
        {
            var sent = Encoding.UTF8.GetBytes(Beginning + Event("response.output_text.delta", Delta) + ending);
            var got = await RelayedStream.RunAsync(Passage(), [sent], GatewayError.UpstreamFailed("m"));

            Assert.Equal(new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol), got.Error);
            var events = Events(got.Text);
            Assert.Equal(["error", "response.failed"], events[^2..].Select(one => one.GetProperty("type").GetString()));
            Assert.Equal([4, 5], events[^2..].Select(one => one.GetProperty("sequence_number").GetInt32()));
            Assert.Equal("upstream_error", events[^2].GetProperty("code").GetString());
            Assert.Equal("upstream_error", events[^2].GetProperty("error").GetProperty("code").GetString());
            Assert.Equal("resp_1", events[^1].GetProperty("response").GetProperty("id").GetString());
            Assert.Equal("failed", events[^1].GetProperty("response").GetProperty("status").GetString());
        }
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"service_unavailable_error","code":"server_is_overloaded"}}""")]
    [InlineData("""{"type":"error","code":"server_is_overloaded","message":"m","param":null,"sequence_number":2}""")]
    [InlineData("""{"type":"response.failed","response":{"id":"r","error":{"code":"server_is_overloaded"}}}""")]
    public async Task Before_anything_was_said_a_failure_leaves_the_call_to_another(string failure)
    {
        var name = failure.Contains("failed", StringComparison.Ordinal) ? "response.failed" : "error";
        var sent = Event("response.created", Created) + Event("response.in_progress", Progress) + Event(name, failure);
        foreach (var reads in RelayedStream.Cuts(sent))
        {
            var got = await RelayedStream.RunAsync(Passage(), reads);

            Assert.False(got.Began);
            Assert.Equal(ProviderFaultKind.Overloaded, got.Error?.Fault?.Kind);
        }
    }

    [Fact]
    public async Task A_failure_that_was_billed_is_an_answer()
    {
        var passage = Passage();
        var sent = Event("response.created", Created) + Last("failed");
        var got = await RelayedStream.RunAsync(passage, [Encoding.UTF8.GetBytes(sent)]);

        Assert.Equal((sent, true, null), (got.Text, got.Began, got.Error));
        Assert.Equal(Tokens, passage.Usage?.Tokens);
    }

    [Fact]
    public async Task An_error_in_the_middle_passes_on_and_may_be_the_end()
    {
        var error = Event("error", """{"type":"error","code":"server_error","message":"m","param":null}""");
        foreach (var (rest, usage) in ((string, TokenUsage?)[])[("", null), (Last("failed"), Tokens)])
        {
            var passage = Passage();
            var got = await RelayedStream.RunAsync(passage, [Encoding.UTF8.GetBytes(Beginning + error + rest)]);

            Assert.Equal((Beginning + error + rest, null), (got.Text, got.Error));
            Assert.True(passage.SawError);
            Assert.Equal(usage, passage.Usage?.Tokens);
        }
    }

    private static TokenUsage Tokens { get; } =
        new() { InputUncached = 7, CacheRead = 5, OutputText = 5, OutputReasoning = 3 };

    private static ResponsesPassage Passage() => new(new ServerSentEventFraming());

    private static string Event(string name, string payload) => $"event: {name}\ndata: {payload}\n\n";

    private static string Last(string ending) => Event(
        "response." + ending,
        $$"""{"type":"response.{{ending}}","sequence_number":5,"response":{"id":"resp_1","error":"""
        + (ending == "failed" ? "{\"code\":\"server_error\",\"message\":\"m\"}" : "null")
        + ",\"output\":[{\"usage\":{\"input_tokens\":999}}],\"usage\":" + UsageText + "}}");

    private static List<JsonElement> Events(string text) =>
    [
        .. text.Split('\n')
            .Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line[6..]).RootElement),
    ];
}
