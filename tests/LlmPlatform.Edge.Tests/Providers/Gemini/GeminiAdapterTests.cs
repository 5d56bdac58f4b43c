using System.Buffers;
using System.Net;
using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>
/// What is sent is accepted by a server that refuses what Gemini refuses, and its answers are understood.
/// </summary>
public sealed class GeminiAdapterTests : IAsyncLifetime
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });
    private FakeProvider _gemini = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeProvider.StartAsync(
            new ProviderScript
            {
                Usage = new ProviderUsage(Prompt: 100, Completion: 60) { Cached = 30, Reasoning = 20 },
                ToolCalls = 2,
            },
            ProviderWire.Gemini);
        _gemini.ApiKey = "the-key";
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gemini.DisposeAsync();
    }

    [Theory]
    [InlineData("https://generativelanguage.googleapis.com", "gemini-2.5-pro", false, Wire.Chat,
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent")]
    [InlineData("https://proxy.invalid/google/v1/", "models/gemini-2.5-pro", true, Wire.Messages,
        "https://proxy.invalid/google/v1/models/gemini-2.5-pro:streamGenerateContent?alt=sse")]
    [InlineData("https://generativelanguage.googleapis.com", "tunedModels/mine", false, Wire.Responses,
        "https://generativelanguage.googleapis.com/v1beta/tunedModels/mine:generateContent")]
    [InlineData("https://generativelanguage.googleapis.com", "a?key=b#c", false, Wire.Chat,
        "https://generativelanguage.googleapis.com/v1beta/models/a%3Fkey%3Db%23c:generateContent")]
    [InlineData("https://generativelanguage.googleapis.com", "gemini-embedding-001", false, Wire.Embeddings,
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:batchEmbedContents")]
    [InlineData("https://generativelanguage.googleapis.com", "gemini-2.5-pro", false, Wire.TokenCount,
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:countTokens")]
    public void Every_call_has_its_address(string address, string model, bool stream, object asked, string expected)
    {
        var adapter = Written.Adapter(new Uri(address));

        Assert.Equal(expected, adapter.AddressOf(Written.Target(adapter, model, (Wire)asked, stream)).AbsoluteUri);
    }

    [Fact]
    public async Task The_key_is_in_a_header_and_never_in_the_address()
    {
        await GenerateAsync(Written.Saying("Hi"));

        var attempt = Assert.Single(_gemini.Ledger.Attempts);
        Assert.Equal("the-key", attempt.Headers["x-goog-api-key"]);
        Assert.DoesNotContain("the-key", attempt.Target, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", attempt.Headers.Keys);
    }

    [Theory]
    [InlineData(Written.Model, false)]
    [InlineData(Written.Model, true)]
    [InlineData(Written.NewestModel, false)]
    [InlineData(Written.NewestModel, true)]
    public async Task A_conversation_with_tools_goes_round(string model, bool stream)
    {
        var request = Written.Saying("Weather in Paris and London?") with
        {
            Tools = [Weather],
            ToolChoice = ToolChoice.Auto,
            Reasoning = new ReasoningRequest { Effort = "low", ShowThoughts = true },
            Stream = stream,
        };

        var first = await GenerateAsync(request, model);
        var calls = first.Choices[0].Parts.OfType<ContentPart.ToolCall>().ToList();
        var second = await GenerateAsync(
            request with
            {
                Turns =
                [
                    .. request.Turns, new Turn(TurnRole.Assistant, first.Choices[0].Parts),
                    Written.Tool([.. calls.Select(call => Written.Result(call.Id, "sunny"))]),
                ],
            },
            model);

        Assert.Equal((2, StopReason.ToolCalls), (calls.Count, first.Choices[0].StopReason));
        Assert.Equal(2, calls.Select(call => call.Id).Distinct().Count());
        Assert.Equal(SignatureOrigins.Gemini, calls[0].Signature!.Origin);
        Assert.Equal(StopReason.EndTurn, second.Choices[0].StopReason);
        Assert.Contains(second.Choices[0].Parts, part => part is ContentPart.Thinking { Value.Length: > 0 });
        Assert.Contains(second.Choices[0].Parts, part => part is ContentPart.Text);
        Assert.Equal(
            new TokenUsage { InputUncached = 70, CacheRead = 30, OutputText = 40, OutputReasoning = 20 },
            second.Usage!.Tokens);
        Assert.All(
            await _gemini.Ledger.ClosedAsync(null, TestContext.Current.CancellationToken),
            attempt => Assert.Equal(AttemptOutcome.Completed, attempt.Outcome));
    }

    [Fact]
    public async Task An_answer_of_a_schema_is_one()
    {
        var answer = await GenerateAsync(Written.Saying("Who?") with
        {
            Format = new OutputFormat(Written.Json(
                """
                {"$schema":"x","type":"object","properties":{"name":{"$ref":"#/$defs/Name"}},"required":["name"],
                "additionalProperties":false,"$defs":{"Name":{"type":"string"}}}
                """)),
        });

        var text = Assert.IsType<ContentPart.Text>(Assert.Single(answer.Choices[0].Parts)).Value;
        Assert.True(Written.Json(text).TryGetProperty("name", out _));
    }

    [Fact]
    public async Task Tokens_are_counted_of_the_whole_request()
    {
        var adapter = Adapter();
        var request = Written.Saying("Hi") with
        {
            Tools = [Weather],
            Instructions = [new ContentPart.Text("Be brief.")],
        };
        var target = Written.Target(adapter, asked: Wire.TokenCount);
        var body = new ArrayBufferWriter<byte>();
        adapter.WriteTokenCount(request, target, body);

        var (status, answer) = await PostAsync(adapter, target, body.WrittenMemory);

        Assert.Equal((HttpStatusCode.OK, 100L), (status, adapter.ReadTokenCount(answer)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"totalTokens":-1}""")]
    [InlineData("""{"totalTokens":"7"}""")]
    public void What_counts_nothing_is_no_count(string answer) =>
        Assert.Null(Written.Adapter().ReadTokenCount(Encoding.UTF8.GetBytes(answer)));

    [Fact]
    public async Task Every_text_has_its_vector()
    {
        var adapter = Adapter();
        var target = Written.Target(adapter, "gemini-embedding-001", Wire.Embeddings);
        var body = new ArrayBufferWriter<byte>();
        adapter.WriteEmbedding(new EmbeddingRequest { Inputs = ["a", "b", "a"], Dimensions = 16 }, target, body);

        var (status, answer) = await PostAsync(adapter, target, body.WrittenMemory);

        Assert.Equal(HttpStatusCode.OK, status);
        var vectors = adapter.ReadEmbedding(answer, target)!.Vectors.Select(vector => vector.ToArray()).ToList();
        Assert.All(vectors, vector => Assert.Equal(16, vector.Length));
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
    }

    [Theory]
    [InlineData("""{"embeddings":[{"values":[0.5,-1e-3]}]}""", null)]
    [InlineData(
        """{"embeddings":[{"values":[0.5,-1e-3]}],"usageMetadata":{"promptTokenCount":7}}""", 7L)]
    public void Embeddings_say_what_was_read_where_the_model_says(string answer, long? tokens)
    {
        var adapter = Written.Adapter();
        var read = adapter.ReadEmbedding(Encoding.UTF8.GetBytes(answer), Written.Target(adapter))!;

        Assert.Equal([0.5f, -1e-3f], read.Vectors.Single().ToArray());
        Assert.Equal(tokens, read.Usage?.Tokens.InputUncached);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"embeddings":7}""")]
    [InlineData("""{"embeddings":[7]}""")]
    [InlineData("""{"embeddings":[{"values":["x"]}]}""")]
    [InlineData("""{"embeddings":[{"values":[1e400]}]}""")]
    public void What_embeds_nothing_is_no_embedding(string answer)
    {
        var adapter = Written.Adapter();

        Assert.Null(adapter.ReadEmbedding(Encoding.UTF8.GetBytes(answer), Written.Target(adapter)));
    }

    [Theory]
    [InlineData(Wire.Chat, true)]
    [InlineData(Wire.Completions, true)]
    [InlineData(Wire.Responses, true)]
    [InlineData(Wire.Messages, true)]
    [InlineData(Wire.Embeddings, true)]
    [InlineData(Wire.TokenCount, true)]
    [InlineData(Wire.Bedrock, false)]
    public void Callers_of_every_protocol_are_served_in_Gemini_s(object asked, bool isServed) =>
        Assert.Equal(isServed ? Wire.Gemini : null, Written.Adapter().WireFor((Wire)asked));

    private static ToolDefinition Weather => new("get_weather")
    {
        Parameters = Written.Json(
            """
            {"type":"object","properties":{"city":{"type":"string","minLength":1},"unit":{"const":"C"}},
            "required":["city"],"additionalProperties":false,"$schema":"x"}
            """),
    };

    private GeminiAdapter Adapter() => Written.Adapter(_gemini.BaseUrl);

    private async Task<Answer> GenerateAsync(GenerationRequest request, string model = Written.Model)
    {
        var adapter = Adapter();
        var target = Written.Target(adapter, model, stream: request.Stream);
        var body = new ArrayBufferWriter<byte>();
        adapter.WriteGeneration(request, target, body);
        var (status, answer) = await PostAsync(adapter, target, body.WrittenMemory);
        Assert.True(status == HttpStatusCode.OK, Encoding.UTF8.GetString(answer));
        var gathered = new Answer();
        var reader = adapter.OpenReader(request, gathered);
        if (!request.Stream)
        {
            Assert.True(reader.ReadWhole(answer));
            return gathered;
        }

        using var framing = adapter.OpenFraming();
        for (var begin = 0; framing.TryRead(answer.AsSpan(begin), ended: true, out var streamEvent);)
        {
            begin += streamEvent.Whole.Length;
            Assert.False(reader.Read(in streamEvent));
        }

        Assert.True(reader.End());
        return gathered;
    }

    private async Task<(HttpStatusCode Status, byte[] Answer)> PostAsync(
        ProviderAdapter adapter, UpstreamTarget target, ReadOnlyMemory<byte> body)
    {
        using var content = new ByteArrayContent(body.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Post, adapter.AddressOf(target)) { Content = content };
        await adapter.AuthorizeAsync(request, body, Stop);
        using var response = await _http.SendAsync(request, Stop);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(Stop));
    }
}
