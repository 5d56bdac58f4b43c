using System.Net;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

public sealed class GeminiTests : IAsyncLifetime
{
    private const string Path = "models/gemini-2.5-pro:generateContent";
    private const string StreamPath = "models/gemini-2.5-pro:streamGenerateContent?alt=sse";
    private const string Asking =
        """
        {"contents":[{"role":"user","parts":[{"text":"hi"}]}],
         "tools":[{"functionDeclarations":[
           {"name":"weather","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"}}}}]}]}
        """;

    private const string Answered =
        """
        {"contents":[{"role":"user","parts":[{"text":"hi"}]},
          {"role":"model","parts":[{"functionCall":{"name":"weather","args":{}}}]},
          {"role":"user","parts":[{"functionResponse":{"name":"weather","response":{"sky":"blue"}}}]}]}
        """;

    private FakeProvider _provider = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync(wire: ProviderWire.Gemini);
        _client = new WireClient(_provider, ("x-goog-api-key", "AIza"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_says_on_every_chunk_what_was_used_until_then()
    {
        _provider.Script = new ProviderScript { Usage = new ProviderUsage(100, 50, Cached: 40, Reasoning: 20) };
        var thinking = WireClient.With(
            Answered, "generationConfig", """{"thinkingConfig":{"includeThoughts":true}}""");
        var chunks = await _client.StreamAsync(StreamPath, thinking);
        var usages = chunks.Select(chunk => chunk.Data.GetProperty("usageMetadata")).ToList();
        Assert.Equal(
            usages.Select(usage => usage.GetProperty("totalTokenCount").GetInt32()).Order(),
            usages.Select(usage => usage.GetProperty("totalTokenCount").GetInt32()));
        var last = usages[^1];
        string[] kinds =
            ["promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount", "thoughtsTokenCount"];
        Assert.Equal([100, 40, 30, 20], kinds.Select(kind => last.GetProperty(kind).GetInt32()));
        Assert.True(chunks[0].Data.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0]
            .GetProperty("thought").GetBoolean());
        Assert.Equal("STOP", chunks[^1].Data.GetProperty("candidates")[0].GetProperty("finishReason").GetString());
    }

    [Fact]
    public async Task Functions_are_called_whole_and_without_an_id()
    {
        _provider.Script = new ProviderScript { ToolCalls = 2 };
        var chunks = await _client.StreamAsync(StreamPath, Asking);
        var calls = chunks
            .Select(chunk => chunk.Data.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0])
            .Where(part => part.TryGetProperty("functionCall", out _))
            .Select(part => part.GetProperty("functionCall").GetRawText())
            .ToList();
        Assert.Equal(Enumerable.Repeat("""{"name":"weather","args":{"city":"sample"}}""", 2), calls);
    }

    [Fact]
    public async Task A_blocked_prompt_has_no_candidate_and_is_paid_for()
    {
        _provider.Script = new ProviderScript { Ending = AnswerEnding.Refusal };
        var (_, answer) = await _client.PostAsync(Path, Asking);
        Assert.Equal(0, answer.GetProperty("candidates").GetArrayLength());
        Assert.Equal("SAFETY", answer.GetProperty("promptFeedback").GetProperty("blockReason").GetString());
        Assert.Equal(new ProviderUsage(100, 0), Assert.Single(_provider.Ledger.Attempts).Billed);
    }

    [Fact]
    public async Task A_model_of_the_third_generation_wants_its_seal_back()
    {
        const string path = "models/gemini-3-pro:generateContent";
        var (refused, _) = await _client.PostAsync(path, Answered);
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        foreach (var (seal, status) in new[]
        {
            ("skip_thought_signature_validator", HttpStatusCode.OK), ("forged", HttpStatusCode.BadRequest),
        })
        {
            var sealed_ = WireClient.With(Answered, "contents/1/parts/0/thoughtSignature", $"\"{seal}\"");
            Assert.Equal(status, (await _client.PostAsync(path, sealed_)).Status);
        }

        var thinking = WireClient.With(Asking, "generationConfig", """{"thinkingConfig":{"thinkingLevel":"low"}}""");
        var (_, called) = await _client.PostAsync(path, thinking);
        var part = called.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetRawText();
        var next = WireClient.With(Answered, "contents/1/parts/0", part);
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsync(path, next)).Status);
    }

    [Theory]
    [InlineData("messages", "[]", "Unknown name \"messages\"")]
    [InlineData("contents", "[]", "contents is not specified")]
    [InlineData("contents/0/role", "\"assistant\"", "valid role")]
    [InlineData("contents/0/parts", "[]", "must not be empty")]
    [InlineData("contents/0/parts/0", "{\"text\":\"x\",\"inlineData\":{}}", "oneof field 'data'")]
    [InlineData("contents/0/parts/0", "{\"type\":\"text\",\"text\":\"x\"}", "Unknown name \"type\"")]
    [InlineData("contents/2/parts/0", "{\"text\":\"x\"}", "number of function response parts")]
    [InlineData("contents/2/parts/0/functionResponse/response", "\"sunny\"", "Struct")]
    [InlineData("contents/2/parts/0/functionResponse/name", "\"other\"", "response names")]
    [InlineData("generationConfig", "{\"max_tokens\":1}", "Unknown name \"max_tokens\"")]
    [InlineData("generationConfig", "{\"temperature\":3}", "range")]
    [InlineData("generationConfig", "{\"responseSchema\":{\"type\":\"STRING\"}}", "response_mime_type")]
    [InlineData("tools", "[{\"functionDeclarations\":[{\"name\":\"a b\"}]}]", "Invalid function name")]
    [InlineData(
        "tools",
        "[{\"functionDeclarations\":[{\"name\":\"a\","
        + "\"parameters\":{\"type\":\"OBJECT\",\"additionalProperties\":false}}]}]",
        "Unknown name \"additionalProperties\"")]
    [InlineData("toolConfig", "{\"functionCallingConfig\":{\"mode\":\"required\"}}", "mode")]
    public async Task What_gemini_would_refuse_is_refused_in_its_words(string path, string value, string message)
    {
        var (status, answer) = await _client.PostAsync(Path, WireClient.With(Answered, path, value));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = answer.GetProperty("error");
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("status").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_is_in_a_header_and_in_no_address()
    {
        using var without = new WireClient(_provider);
        Assert.Equal(HttpStatusCode.Forbidden, (await without.PostAsync(Path, Asking)).Status);
        var (status, answer) = await _client.PostAsync(Path + "?key=AIza", Asking);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("address", answer.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task When_to_come_again_is_said_in_the_body()
    {
        _provider.RefuseNext(1, 429, TimeSpan.FromSeconds(17));
        using var refused = await _client.SendAsync(Path, Asking);
        Assert.Null(refused.Headers.RetryAfter);
        Assert.Contains(
            "\"retryDelay\":\"17s\"", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Tokens_are_counted_and_texts_embedded_in_batches()
    {
        var (_, count) = await _client.PostAsync(
            "models/gemini-2.5-pro:countTokens", WireClient.With(Asking, "tools", null));
        Assert.Equal(100, count.GetProperty("totalTokens").GetInt32());
        var (_, embedded) = await _client.PostAsync(
            "models/embedding:batchEmbedContents",
            """
            {"requests":[{"model":"models/embedding","content":{"parts":[{"text":"a"}]},"outputDimensionality":4},
              {"model":"models/embedding","content":{"parts":[{"text":"b"}]},"outputDimensionality":4}]}
            """);
        var vectors = embedded.GetProperty("embeddings").EnumerateArray();
        Assert.Equal([4, 4], vectors.Select(vector => vector.GetProperty("values").GetArrayLength()));
    }
}
