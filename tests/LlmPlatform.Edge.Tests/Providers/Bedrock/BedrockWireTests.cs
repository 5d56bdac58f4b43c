using System.Buffers;
using System.Net;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit.Providers;
using static LlmPlatform.Edge.Tests.Providers.Bedrock.ConverseRequests;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>
/// The adapter against a provider that refuses what Bedrock would refuse, over HTTP. What is streamed and what is not
/// must say the same.
/// </summary>
public sealed class BedrockWireTests : IAsyncLifetime
{
    private FakeProvider _aws = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _aws = await FakeProvider.StartAsync(new ProviderScript { Chunks = 3 }, ProviderWire.Bedrock);

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    [Fact]
    public async Task Text_comes_with_its_usage()
    {
        _aws.Script = _aws.Script with { Usage = new ProviderUsage(Prompt: 1000, Completion: 50, Cached: 700) };

        var spoken = await AskAsync(Hello);

        Assert.Equal(["start", "Text: word0 word1 word2 ", "end EndTurn", "usage 1000 50"], spoken.Lines);
        Assert.Equal(
            new TokenUsage { InputUncached = 300, CacheRead = 700, OutputText = 50 }, spoken.Usage!.Tokens);
    }

    [Fact]
    public async Task Tools_are_called_in_parallel_and_their_results_taken_back()
    {
        _aws.Script = _aws.Script with { ToolCalls = 2, ChunksBeforeToolCalls = 1 };
        var first = await AskAsync(Hello with { Tools = [Look, new ToolDefinition("now")] });
        var calls = first.Lines.Where(line => line.StartsWith("ToolCall", StringComparison.Ordinal)).ToList();

        Assert.Equal("Text: word0 ", first.Lines[1]);
        Assert.Equal(2, calls.Count);
        Assert.EndsWith("""look: {"at":"sample"}""", calls[0], StringComparison.Ordinal);
        Assert.EndsWith("now: {}", calls[1], StringComparison.Ordinal);
        Assert.Contains("end ToolCalls", first.Lines);

        var ids = calls.Select(call => call.Split(' ')[1]).ToList();
        var second = await AskAsync(Hello with
        {
            Tools = [Look, new ToolDefinition("now")],
            Turns =
            [
                .. Hello.Turns,
                new Turn(TurnRole.Assistant, [
                    new ContentPart.ToolCall(ids[0], "look", """{"at":"it"}"""),
                    new ContentPart.ToolCall(ids[1], "now", "{}"),
                ]),
                new Turn(TurnRole.Tool, [new ContentPart.ToolResult(ids[0], [new ContentPart.Text("seen")])]),
                new Turn(TurnRole.Tool, [new ContentPart.ToolResult(ids[1], [new ContentPart.Text("12:00")])]),
            ],
        });

        Assert.Equal("Text: word0 word1 word2 ", second.Lines[1]);
    }

    [Theory]
    [InlineData(OldClaude)]
    [InlineData(NewClaude)]
    public async Task A_thought_comes_signed_and_is_taken_back(string model)
    {
        var request = Hello with { Reasoning = new ReasoningRequest { Effort = "low" }, MaxOutputTokens = 9000 };

        var spoken = await AskAsync(request, model);

        Assert.StartsWith("Thinking: thought0 thought1  signed bedrock ", spoken.Lines[1], StringComparison.Ordinal);
        var signature = spoken.Lines[1].Split(' ')[^1];
        var thought = new ContentPart.Thinking("thought0 thought1 ")
        {
            Signature = new ThoughtSignature(SignatureOrigins.Bedrock, signature),
        };
        var again = await AskAsync(
            request with
            {
                Turns = [
                    .. Hello.Turns, new Turn(TurnRole.Assistant, [thought, new ContentPart.Text("a")]),
                    User(new ContentPart.Text("b")),
                ],
            },
            model);
        Assert.Equal("Text: word0 word1 word2 ", again.Lines[2]);
    }

    [Theory]
    [InlineData(BedrockTargets.Claude, true)]
    [InlineData(BedrockTargets.Claude, false)]
    [InlineData(OldClaude, true)]
    [InlineData(Nova, true)]
    public async Task A_form_is_followed_whatever_stands_for_it(string model, bool isStrict)
    {
        var spoken = await AskAsync(Hello with { Format = Sum() with { Strict = isStrict } }, model);

        Assert.Equal(["start", """Text: {"sum":7.5}""", "end EndTurn", "usage 100 50"], spoken.Lines);
    }

    [Theory]
    [InlineData(AnswerEnding.Length, "Length")]
    [InlineData(AnswerEnding.ContentFilter, "ContentFilter")]
    [InlineData(AnswerEnding.Refusal, "ContentFilter")]
    public async Task An_ending_keeps_its_meaning(AnswerEnding ending, string reason)
    {
        _aws.Script = _aws.Script with { Ending = ending };

        Assert.Contains($"end {reason}", (await AskAsync(Hello)).Lines);
    }

    [Fact]
    public async Task Pictures_and_documents_are_taken()
    {
        var request = Hello with
        {
            Turns =
            [
                User(
                    new ContentPart.Text("What is this?"),
                    new ContentPart.Image(new MediaSource { MediaType = "image/png", Base64 = "iVBORw0KGgo=" }),
                    new ContentPart.Document(new MediaSource { Text = "plain" }) { Name = "notes.txt" }),
            ],
        };

        Assert.Contains("end EndTurn", (await AskAsync(request)).Lines);
    }

    [Fact]
    public async Task Tokens_are_counted()
    {
        var adapter = BedrockTargets.Adapter(_aws.BaseUrl);
        var target = BedrockTargets.Target(adapter, asked: Wire.TokenCount);

        var (_, answer) = await PostAsync(
            adapter, target, body => adapter.WriteTokenCount(Hello with { Tools = [Look] }, target, body));

        Assert.Equal(100, adapter.ReadTokenCount(answer));
    }

    [Theory]
    [InlineData("amazon.titan-embed-text-v2:0", 1, true)]
    [InlineData("cohere.embed-v4:0", 2, false)]
    public async Task Embeddings_are_made(string model, int texts, bool isCounted)
    {
        var adapter = BedrockTargets.Adapter(_aws.BaseUrl);
        var target = BedrockTargets.Target(adapter, model, Wire.Embeddings);
        var request = new EmbeddingRequest { Inputs = ["one", "two"], Dimensions = 16 };

        var (_, answer) = await PostAsync(
            adapter,
            target,
            body => adapter.WriteEmbedding(request with { Inputs = [.. request.Inputs.Take(texts)] }, target, body));

        var read = adapter.ReadEmbedding(answer, target)!;
        Assert.Equal(texts, read.Vectors.Count);
        Assert.All(read.Vectors, vector => Assert.Equal(16, vector.Length));
        Assert.Equal(isCounted ? 100 : null, read.Usage?.Tokens.TotalInput);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_tells_why()
    {
        _aws.Script = _aws.Script with { ErrorAfterChunks = 2 };

        var (_, spoken) = await SendAsync(Hello, BedrockTargets.Claude, stream: true);

        Assert.Equal(
            ["start", "Text: word0 word1 ", "fail Server modelStreamErrorException: The model broke off."],
            spoken!.Lines);
    }

    [Fact]
    public async Task A_refusal_is_told_in_Bedrocks_words()
    {
        _aws.RefuseNext(1, 429);
        var (refused, _) = await SendAsync(Hello, BedrockTargets.Claude, stream: true);
        var (invalid, _) = await SendAsync(
            Hello with { Turns = [new Turn(TurnRole.Tool, [new ContentPart.ToolResult("call_1", [])])] },
            BedrockTargets.Claude,
            stream: false);

        Assert.Equal((ProviderFaultKind.RateLimited, "ThrottlingException"), (refused!.Kind, refused.Code));
        Assert.Equal((ProviderFaultKind.InvalidRequest, "ValidationException"), (invalid!.Kind, invalid.Code));
        Assert.StartsWith("The number of toolResult blocks", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_good_is_our_fault_and_not_the_callers()
    {
        _aws.ApiKey = "another";

        var (signed, _) = await SendAsync(Hello, BedrockTargets.Claude, stream: false);
        var (bearer, _) = await SendAsync(
            Hello, BedrockTargets.Claude, stream: false, new Secret("bedrock-api-key-of-the-test"));

        Assert.Equal(
            [ProviderFaultKind.Authentication, ProviderFaultKind.Authentication], [signed!.Kind, bearer!.Kind]);
    }

    // Streamed and not: both say the same, but for the ids that a provider gives to calls.
    private async Task<SpokenAnswer> AskAsync(GenerationRequest request, string model = BedrockTargets.Claude)
    {
        var (fault, streamed) = await SendAsync(request, model, stream: true);
        Assert.Null(fault);
        (fault, var whole) = await SendAsync(request, model, stream: false);
        Assert.Null(fault);
        Assert.Equal(streamed!.Lines.Select(WithoutId), whole!.Lines.Select(WithoutId));
        return streamed;
    }

    private static string WithoutId(string line) =>
        line.StartsWith("ToolCall", StringComparison.Ordinal) ? string.Join(' ', line.Split(' ').Skip(2)) : line;

    private async Task<(ProviderFault? Fault, SpokenAnswer? Spoken)> SendAsync(
        GenerationRequest request, string model, bool stream, Secret? credential = null)
    {
        var adapter = BedrockTargets.Adapter(_aws.BaseUrl, credential);
        var target = BedrockTargets.Target(adapter, model, stream: stream);
        var (fault, bytes) = await PostAsync(
            adapter, target, body => adapter.WriteGeneration(request, target, body));
        if (fault is not null)
        {
            return (fault, null);
        }

        var spoken = new SpokenAnswer();
        Read(adapter, request, spoken, bytes, stream);
        return (null, spoken);
    }

    private static async Task<(ProviderFault? Fault, byte[] Answer)> PostAsync(
        BedrockAdapter adapter, UpstreamTarget target, Action<IBufferWriter<byte>> write)
    {
        using var body = new PooledBuffer(1024);
        write(body);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());
        using var content = new RequestContent(body.Segment);
        using var post = new HttpRequestMessage(HttpMethod.Post, adapter.AddressOf(target)) { Content = content };
        await adapter.AuthorizeAsync(post, body.Memory, Cancel);
        using var answer = await client.SendAsync(post, Cancel);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Cancel);
        return answer.StatusCode == HttpStatusCode.OK
            ? (null, bytes)
            : (adapter.ReadFault((int)answer.StatusCode, answer.Headers, bytes), bytes);
    }

    private static void Read(
        BedrockAdapter adapter, GenerationRequest request, SpokenAnswer spoken, byte[] bytes, bool stream)
    {
        var reader = adapter.OpenReader(request, spoken);
        if (!stream)
        {
            Assert.True(reader.ReadWhole(bytes));
            return;
        }

        using var framing = adapter.OpenFraming();
        var rest = bytes.AsSpan();
        while (framing.TryRead(rest, ended: true, out var streamEvent) && !reader.Read(in streamEvent))
        {
            rest = rest[streamEvent.Whole.Length..];
        }
    }
}
