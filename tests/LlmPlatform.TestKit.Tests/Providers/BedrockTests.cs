using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

public sealed class BedrockTests : IAsyncLifetime
{
    private const string Path = "model/anthropic.claude-v2%3A1/converse";
    private const string Asking =
        """
        {"messages":[{"role":"user","content":[{"text":"hi"}]}],
         "toolConfig":{"tools":[{"toolSpec":{"name":"weather","inputSchema":{"json":
           {"type":"object","properties":{"city":{"type":"string"}}}}}}]}}
        """;

    private const string Answered =
        """
        {"messages":[{"role":"user","content":[{"text":"hi"}]},
          {"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"weather","input":{}}}]},
          {"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"sunny"}]}}]}],
         "toolConfig":{"tools":[{"toolSpec":{"name":"weather","inputSchema":{"json":{"type":"object"}}}}]}}
        """;

    private FakeProvider _provider = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync(wire: ProviderWire.Bedrock);
        _client = new WireClient(_provider, ("Authorization", "Bearer token"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_is_frames_whose_checksums_are_right()
    {
        _provider.Script = new ProviderScript { ToolCalls = 2, ChunksBeforeToolCalls = 2 };
        var frames = await StreamAsync(Asking);
        Assert.Equal("messageStart", frames[0].Type);
        Assert.Equal(["messageStop", "metadata"], frames[^2..].Select(frame => frame.Type));
        var starts = frames.Where(frame => frame.Type == "contentBlockStart");
        Assert.Equal([1, 2], starts.Select(frame => frame.Payload.GetProperty("contentBlockIndex").GetInt32()));
        var arguments = frames
            .Where(frame => frame.Type == "contentBlockDelta"
                && frame.Payload.GetProperty("contentBlockIndex").GetInt32() == 2)
            .Select(frame => frame.Payload.GetProperty("delta").GetProperty("toolUse"))
            .Select(use => use.GetProperty("input").GetString());
        Assert.Equal("""{"city":"sample"}""", string.Concat(arguments));
        Assert.Equal("tool_use", frames[^2].Payload.GetProperty("stopReason").GetString());
        Assert.Equal(150, frames[^1].Payload.GetProperty("usage").GetProperty("totalTokens").GetInt32());
    }

    [Fact]
    public async Task An_error_in_a_stream_is_an_exception_frame()
    {
        _provider.Script = new ProviderScript { ErrorAfterChunks = 1 };
        Assert.Equal("modelStreamErrorException", (await StreamAsync(Asking))[^1].Type);
    }

    [Fact]
    public async Task The_total_holds_what_a_cache_had_and_the_input_does_not()
    {
        _provider.Script = new ProviderScript { Usage = new ProviderUsage(100, 50, Cached: 30, CacheWrite: 20) };
        var (_, answer) = await _client.PostAsync(Path, Answered);
        var usage = answer.GetProperty("usage");
        Assert.Equal(
            (50, 30, 20, 150),
            (usage.GetProperty("inputTokens").GetInt32(), usage.GetProperty("cacheReadInputTokens").GetInt32(),
                usage.GetProperty("cacheWriteInputTokens").GetInt32(), usage.GetProperty("totalTokens").GetInt32()));
        Assert.Equal("anthropic.claude-v2:1", Assert.Single(_provider.Ledger.Attempts).Model);
    }

    [Fact]
    public async Task Tokens_are_counted_and_texts_embedded_in_their_makers_words()
    {
        var (_, count) = await _client.PostAsync(
            "model/claude/count-tokens", """{"input":{"converse":""" + Asking + "}}");
        Assert.Equal(100, count.GetProperty("inputTokens").GetInt32());
        var (_, titan) = await _client.PostAsync(
            "model/amazon.titan-embed-text-v2%3A0/invoke", """{"inputText":"a","dimensions":4}""");
        var (_, cohere) = await _client.PostAsync(
            "model/cohere.embed-v4/invoke",
            """{"texts":["b","a"],"input_type":"search_document","embedding_types":["float"],"output_dimension":4}""");
        Assert.Equal(
            titan.GetProperty("embedding").GetRawText(),
            cohere.GetProperty("embeddings").GetProperty("float")[1].GetRawText());
    }

    [Theory]
    [InlineData("max_tokens", "1", "extraneous key")]
    [InlineData("messages/0/role", "\"assistant\"", "must start with a user message")]
    [InlineData("messages/1/role", "\"user\"", "must alternate")]
    [InlineData("messages/0/content", "[]", "is empty")]
    [InlineData("messages/0/content/0/text", "\" \"", "is blank")]
    [InlineData("messages/0/content/0", "{\"type\":\"text\",\"text\":\"x\"}", "extraneous key")]
    [InlineData("messages/1/content/0/toolUse/input", "\"{}\"", "Provide a json object")]
    [InlineData("messages/2/content/0/toolResult/toolUseId", "\"t2\"", "exceeds the number")]
    [InlineData("messages/2/content/0", "{\"text\":\"x\"}", "Expected toolResult blocks")]
    [InlineData("toolConfig", null, "toolConfig field must be defined")]
    [InlineData("inferenceConfig", "{\"temperature\":1.5}", "inferenceConfig.temperature")]
    [InlineData("toolConfig/toolChoice", "{\"tool\":{\"name\":\"other\"}}", "does not match any")]
    public async Task What_bedrock_would_refuse_is_refused_in_its_words(string path, string? value, string message)
    {
        using var response = await _client.SendAsync(Path, WireClient.With(Answered, path, value));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("ValidationException", response.Headers.GetValues("x-amzn-ErrorType").Single());
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var said = JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("message").GetString();
        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, null)]
    [InlineData(403, "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/bedrock/aws4_request")]
    [InlineData(
        200,
        "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date,"
        + " Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_signature_or_a_token_must_be_there(int status, string? authorization)
    {
        using var client = authorization is null
            ? new WireClient(_provider)
            : new WireClient(_provider, ("Authorization", authorization), ("X-Amz-Date", "20260101T000000Z"));
        Assert.Equal(status, (int)(await client.PostAsync(Path, Asking)).Status);
    }

    private async Task<List<(string Type, JsonElement Payload)>> StreamAsync(string body)
    {
        using var response = await _client.SendAsync(Path + "-stream", body);
        Assert.Equal("application/vnd.amazon.eventstream", response.Content.Headers.ContentType?.MediaType);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var frames = new List<(string, JsonElement)>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            var frame = bytes.AsSpan(at, length);
            var headers = BinaryPrimitives.ReadInt32BigEndian(frame[4..]);
            Assert.Equal(Crc32(frame[..8]), BinaryPrimitives.ReadUInt32BigEndian(frame[8..]));
            Assert.Equal(Crc32(frame[..^4]), BinaryPrimitives.ReadUInt32BigEndian(frame[^4..]));
            // The first header names the event; its value is after its name, its type and two bytes of length.
            var value = 12 + 1 + frame[12] + 1 + 2;
            var type = Encoding.ASCII.GetString(
                frame.Slice(value, BinaryPrimitives.ReadUInt16BigEndian(frame[(value - 2)..])));
            frames.Add((type, JsonSerializer.Deserialize<JsonElement>(frame[(12 + headers)..^4])));
            at += length;
        }

        return frames;
    }

    // By the standard's table, another way than the provider's.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            var index = (crc ^ one) & 0xFF;
            for (var bit = 0; bit < 8; bit++)
                index = (index >> 1) ^ (0xEDB88320u * (index & 1));
            crc = (crc >> 8) ^ index;
        }

        return crc ^ uint.MaxValue;
    }
}
