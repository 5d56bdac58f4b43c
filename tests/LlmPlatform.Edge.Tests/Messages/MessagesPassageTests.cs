using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Relay;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>A Messages stream passes byte for byte, and what it says of usage is seen, however it is cut.</summary>
public sealed class MessagesPassageTests
{
    private const string Start =
        """{"type":"message_start","message":{"id":"msg_1","model":"c","content":[],"""
        + """ "usage":{"input_tokens":47,"output_tokens":4}}}""";

    private const string Text =
        """{"type":"content_block_delta","index":0,"delta":"""
        + """{"type":"text_delta","text":"h\u00e9 \"usage\" 模"}}      """;

    private const string Arguments =
        """{"type":"content_block_delta","index":1,"delta":"""
        + """{"type":"input_json_delta","partial_json":"{\"delta\":"}}""";

    private const string Delta =
        """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"""
        + """ "usage":{"cache_read_input_tokens":9,"output_tokens":264}}""";

    private const string Stop = """{"type":"message_stop"}""";

    public static TheoryData<string, string, string> Streams => new()
    {
        {
            $"event: message_start\ndata: {Start}\n\nevent: ping\ndata: {{\"type\": \"ping\"}}\n\n"
            + $"event: content_block_delta\ndata: {Text}\n\nevent: content_block_delta\ndata: {Arguments}\n\n"
            + $"event: message_delta\ndata: {Delta}\n\nevent: message_stop\ndata: {Stop}\n\n",
            "",
            "line feeds"
        },
        {
            $": hello\r\rdata:{Start}\r\n\r\nevent:content_block_delta\rdata:{Text}\n\r\ndata:{Arguments}\n\n"
            + $"event:message_delta\r\ndata: {Delta}\r\n\r\ndata: {Stop}\r\n\r\n",
            "",
            "line ends mixed and no names"
        },
        {
            $"data: {Start}\n\ndata: {Text}\n\ndata: {Arguments}\n\ndata: {Delta}\n\nevent: message_stop\ndata: {Stop}",
            "\n\n",
            "no empty line at the end"
        },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_is_the_same_however_it_is_cut(string sent, string added, string because)
    {
        Assert.NotEmpty(because);
        foreach (var reads in PassageRun.Cuts(sent))
        {
            using var passage = new MessagesPassage(new ServerSentEventFraming());
            var (text, before, ended) = PassageRun.Through(passage, reads);

            Assert.True(ended);
            Assert.Equal(sent + added, text);
            Assert.DoesNotContain("message_stop", before, StringComparison.Ordinal);
            Assert.Contains("message_delta", before, StringComparison.Ordinal);
            Assert.Equal("msg_1", passage.ProviderRequestId);
            Assert.Equal(
                new TokenUsage { InputUncached = 47, CacheRead = 9, OutputText = 264 }, passage.Usage!.Tokens);
            Assert.Equal((32L, 2L), (passage.ContentBytes, passage.ContentEvents));
            Assert.False(passage.SawError);
        }
    }

    [Fact]
    public void An_error_is_the_last_and_leaves_after_the_usage()
    {
        const string error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n";
        var sent = $"data: {Start}\n\n{error}data: {Stop}\n\n";
        foreach (var reads in PassageRun.Cuts(sent))
        {
            using var passage = new MessagesPassage(new ServerSentEventFraming());
            var (text, before, ended) = PassageRun.Through(passage, reads);

            Assert.True(ended);
            Assert.True(passage.SawError);
            Assert.Equal($"data: {Start}\n\n", before);
            Assert.Equal(before + error, text);
            Assert.Equal(47, passage.Usage!.Tokens.InputUncached);
        }
    }

    [Fact]
    public void A_stream_without_its_last_event_was_cut_off()
    {
        using var passage = new MessagesPassage(new ServerSentEventFraming());
        var (_, _, ended) = PassageRun.Through(passage, PassageRun.Cuts($"data: {Start}\n\ndata: {Delta}\n\n").First());

        Assert.False(ended);
    }

    [Fact]
    public void An_error_of_ours_is_said_as_Anthropic_says_its_own()
    {
        using var passage = new MessagesPassage(new ServerSentEventFraming());
        using var output = new PooledBuffer(64);
        passage.EndWithError(GatewayError.UpstreamTimeout("m"), output);

        var text = Encoding.UTF8.GetString(output.Span);
        Assert.StartsWith(
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"timeout_error\"",
            text,
            StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_timeout\"", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
    }
}
