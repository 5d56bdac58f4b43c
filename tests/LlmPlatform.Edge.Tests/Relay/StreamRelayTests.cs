using System.IO.Pipelines;
using System.Text;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;

namespace LlmPlatform.Edge.Tests.Relay;

/// <summary>
/// However a stream is cut into reads, the caller gets the same bytes and the gateway sees the same usage.
/// </summary>
public sealed class StreamRelayTests
{
    private const string First =
        """{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null}""";
    private const string Text =
        """{"id":"c1","choices":[{"index":0,"delta":{"content":"h\u00e9 \"usage\" 模"}}],"usage":null}""";
    private const string Last = """{"id":"c1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}""";

    public static TheoryData<string, string, string> Streams => new()
    {
        {
            $"data: {First}\n\ndata: {Text}\n\ndata: {Last}\n\ndata: [DONE]\n\n",
            $"data: {Without(First)}\n\ndata: {Without(Text)}\n\ndata: [DONE]\n\n",
            "line feeds"
        },
        {
            $"data:{First}\r\n\r\n: keepalive\r\n\r\ndata: {Text}\r\rdata: {Last}\n\r\ndata: [DONE]\r\n\n",
            $"data:{Without(First)}\r\n\r\n: keepalive\r\n\r\ndata: {Without(Text)}\r\rdata: [DONE]\r\n\n",
            "line ends mixed"
        },
        {
            $": hello\n\nevent: x\ndata: {First}\nid: 4\n\ndata: {Last}\n\ndata: [DONE]",
            $": hello\n\nevent: x\ndata: {Without(First)}\nid: 4\n\ndata: [DONE]\n\n",
            "no empty line at the end"
        },
        {
            $"data: {First}\n\ndata: {Last}\n",
            $"data: {Without(First)}\n\n",
            "no terminator"
        },
        {
            """
            data: {"usage":{"prompt_tokens":7,"completion_tokens":1},"choices":[{"delta":{"content":"a"}}]}

            data: {"choices":[{"delta":{}}] , "usage" : {"prompt_tokens":7,"completion_tokens":3} , "x":1}

            data: [DONE]


            """,
            """
            data: {"choices":[{"delta":{"content":"a"}}]}

            data: {"choices":[{"delta":{}}] , "x":1}

            data: [DONE]


            """,
            "usage on every chunk"
        },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_stream_is_the_same_however_it_is_cut(string sent, string expected, string because)
    {
        Assert.NotEmpty(because);
        var bytes = Encoding.UTF8.GetBytes(sent);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            Assert.Equal((expected, 3, true), await RelayAsync([bytes[..cut], bytes[cut..]], showUsage: false));
        }

        foreach (var size in (int[])[1, 2, 3, 7])
        {
            Assert.Equal((expected, 3, true), await RelayAsync([.. bytes.Chunk(size)], showUsage: false));
        }

        var shown = await RelayAsync([bytes], showUsage: true);
        Assert.StartsWith(sent, shown.Text);
        Assert.True(string.IsNullOrWhiteSpace(shown.Text[sent.Length..]));
    }

    [Fact]
    public async Task An_event_larger_than_the_limit_ends_the_stream()
    {
        using var attempt = await Reads.AnswerAsync(
            Provider, [Encoding.UTF8.GetBytes($"data: {Text}\n\n"), new byte[200_000], new byte[1]]);
        using var relay = Relay(attempt, new Pipe().Writer, showUsage: false, 100_000);

        Assert.Null(await relay.ReadFirstAsync(TimeSpan.FromMinutes(1)));
        var error = await relay.RunAsync(new Watcher(() => { }), CancellationToken.None);
        Assert.Equal(new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol), error);
    }

    [Theory]
    [InlineData("", UpstreamStage.FirstByte, UpstreamCause.Protocol)]
    [InlineData(": only a comment\n\n", UpstreamStage.FirstByte, UpstreamCause.Protocol)]
    [InlineData(": c\n\ndata: {\"error\":{\"message\":\"x\"}}\n\n", UpstreamStage.Refused, UpstreamCause.ErrorEvent)]
    public async Task A_stream_that_does_not_begin_to_answer_leaves_the_call_to_another(
        string sent, object stage, object cause)
    {
        using var attempt = await Reads.AnswerAsync(Provider, [Encoding.UTF8.GetBytes(sent)]);
        using var relay = Relay(attempt, new Pipe().Writer, showUsage: false, 100_000);

        var error = await relay.ReadFirstAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(((UpstreamStage)stage, (UpstreamCause)cause), (error!.Stage, error.Cause));
    }

    [Theory]
    [InlineData("")]
    [InlineData("data: {\"error\":{\"message\":\"x\"}}\n\n")]
    public async Task A_stream_that_dies_behind_its_opening_has_not_begun(string end)
    {
        using var attempt = await Reads.AnswerAsync(Provider, [Encoding.UTF8.GetBytes($"data: {First}\n\n{end}")]);
        var pipe = new Pipe();
        using var relay = Relay(attempt, pipe.Writer, showUsage: false, 100_000);

        Assert.NotNull(await relay.ReadFirstAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, relay.BytesOut);
    }

    [Fact]
    public async Task An_opening_is_kept_back_for_a_while_and_then_goes_to_the_caller()
    {
        var provider = new Pipe();
        var caller = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var clock = new ManualTimeProvider();
        using var attempt = await Reads.AnswerAsync(Provider, provider.Reader.AsStream());
        using var relay = new StreamRelay(
            attempt, new ChatPassage(true, new ServerSentEventFraming()), caller.Writer, 1 << 20, clock);
        var reading = relay.ReadFirstAsync(TimeSpan.FromSeconds(5)).AsTask();
        await provider.Writer.WriteAsync(
            Encoding.UTF8.GetBytes($"data: {First}\n\nda"), TestContext.Current.CancellationToken);
        await Eventually.UntilAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(reading.IsCompleted);
            },
            TimeSpan.FromSeconds(60),
            "the opening is let go",
            TestContext.Current.CancellationToken);

        Assert.Null(await reading);
        await provider.Writer.WriteAsync(
            Encoding.UTF8.GetBytes($"ta: {Text}\n\ndata: [DONE]\n\n"), TestContext.Current.CancellationToken);
        await provider.Writer.CompleteAsync();
        Assert.Null(await relay.RunAsync(new Watcher(() => { }), CancellationToken.None));
        await caller.Writer.CompleteAsync();
        Assert.Equal(
            $"data: {First}\n\ndata: {Text}\n\ndata: [DONE]\n\n",
            await new StreamReader(caller.Reader.AsStream()).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static string Without(string chunk) => chunk.Replace(",\"usage\":null", "", StringComparison.Ordinal);

    private static async Task<(string Text, long? Output, bool HeldBack)> RelayAsync(byte[][] reads, bool showUsage)
    {
        using var attempt = await Reads.AnswerAsync(Provider, reads);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var relay = Relay(attempt, pipe.Writer, showUsage, 1 << 20);
        Assert.Null(await relay.ReadFirstAsync(TimeSpan.FromMinutes(1)));
        long? output = null;
        var leftBefore = 0L;
        var watcher = new Watcher(() =>
        {
            output = relay.Passage.Usage?.Tokens.TotalOutput;
            leftBefore = relay.BytesOut;
        });
        Assert.Null(await relay.RunAsync(watcher, CancellationToken.None));
        await pipe.Writer.CompleteAsync();
        var all = await new StreamReader(pipe.Reader.AsStream()).ReadToEndAsync(TestContext.Current.CancellationToken);
        var done = all.LastIndexOf("data: [DONE]", StringComparison.Ordinal);
        var before = done < 0 ? all : all[..done];
        return (all, output, Encoding.UTF8.GetByteCount(before) == leftBefore);
    }

    private static StreamRelay Relay(UpstreamAttempt attempt, PipeWriter output, bool showUsage, int maxEventBytes)
    {
        var passage = new ChatPassage(showUsage, new ServerSentEventFraming());
        return new StreamRelay(attempt, passage, output, maxEventBytes, TimeProvider.System);
    }

    private static RoutedProvider Provider { get; } = new()
    {
        Name = "p",
        Kind = "openai_compatible",
        Timeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        IdleTimeout = TimeSpan.FromMinutes(1),
        Up = true,
    };

    private sealed class Watcher(Action settle) : IStreamObserver
    {
        public void OnFirstContent()
        {
        }

        public void OnProgress()
        {
        }

        public ValueTask SettleAsync()
        {
            settle();
            return default;
        }
    }
}
