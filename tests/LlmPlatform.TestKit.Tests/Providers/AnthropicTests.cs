using System.Net;
using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

public sealed class AnthropicTests : IAsyncLifetime
{
    private const string Path = "messages";
    private const string Asking =
        """
        {"model":"m","max_tokens":4000,"messages":[{"role":"user","content":"hi"}],
         "tools":[{"name":"weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]}
        """;

    private const string Answered =
        """
        {"model":"m","max_tokens":4000,"messages":[{"role":"user","content":"hi"},
          {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"sunny"}]}]}
        """;

    private FakeProvider _provider = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync(wire: ProviderWire.Anthropic);
        _client = new WireClient(_provider, ("x-api-key", "sk-ant"), ("anthropic-version", "2023-06-01"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Usage_is_split_by_cache_and_the_end_of_a_stream_says_all_of_it_again()
    {
        _provider.Script = new ProviderScript
        {
            Usage = new ProviderUsage(100, 50, Cached: 30, CacheWrite: 15, CacheWriteHour: 5),
        };
        var (_, whole) = await _client.PostAsync(Path, WireClient.With(Asking, "tools", null));
        var usage = whole.GetProperty("usage");
        Assert.Equal(50, usage.GetProperty("input_tokens").GetInt32());
        Assert.Equal(30, usage.GetProperty("cache_read_input_tokens").GetInt32());
        Assert.Equal(20, usage.GetProperty("cache_creation_input_tokens").GetInt32());

        var streamed = WireClient.With(WireClient.With(Asking, "tools", null), "stream", "true");
        var events = await _client.StreamAsync(Path, streamed);
        Assert.Contains(events, one => one.Name == "ping");
        var delta = events.Single(one => one.Name == "message_delta").Data.GetProperty("usage");
        Assert.Equal(50, delta.GetProperty("input_tokens").GetInt32());
        Assert.Equal(50, delta.GetProperty("output_tokens").GetInt32());
        Assert.Equal("message_stop", events[^1].Name);
    }

    [Fact]
    public async Task A_thinking_model_calls_tools_after_its_thoughts_and_wants_both_back()
    {
        _provider.Script = new ProviderScript { ToolCalls = 2, ChunksBeforeToolCalls = 1 };
        var thinking = WireClient.With(Asking, "thinking", """{"type":"enabled","budget_tokens":2000}""");
        var events = await _client.StreamAsync(Path, WireClient.With(thinking, "stream", "true"));
        var blocks = events.Where(one => one.Name == "content_block_start")
            .Select(one => one.Data.GetProperty("content_block").GetProperty("type").GetString());
        Assert.Equal(["thinking", "text", "tool_use", "tool_use"], blocks);

        var (_, whole) = await _client.PostAsync(Path, thinking);
        var next = JsonNode.Parse(thinking)!;
        var said = JsonNode.Parse(whole.GetProperty("content").GetRawText())!;
        var results = said.AsArray().Skip(2).Select(block => (JsonNode)new JsonObject
        {
            ["type"] = "tool_result",
            ["tool_use_id"] = block!["id"]!.GetValue<string>(),
            ["content"] = "sunny",
        });
        next["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = said });
        next["messages"]!.AsArray().Add(
            new JsonObject { ["role"] = "user", ["content"] = new JsonArray([.. results]) });
        var (status, answer) = await _client.PostAsync(Path, next.ToJsonString());
        Assert.Equal((HttpStatusCode.OK, "end_turn"), (status, answer.GetProperty("stop_reason").GetString()));

        var forged = WireClient.With(next.ToJsonString(), "messages/1/content/0/signature", "\"forged\"");
        await AssertRefusedAsync(forged, "Invalid `signature`");
        said.AsArray().RemoveAt(0);
        await AssertRefusedAsync(next.ToJsonString(), "Expected `thinking`");
    }

    [Fact]
    public async Task A_tool_without_arguments_is_called_without_a_word_of_them()
    {
        var bare = WireClient.With(Asking, "tools/0/input_schema", """{"type":"object"}""");
        var events = await _client.StreamAsync(Path, WireClient.With(bare, "stream", "true"));
        Assert.DoesNotContain(events, one => one.Name == "content_block_delta");
        Assert.Contains(events, one => one.Data.GetRawText().Contains("tool_use", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Counting_tokens_is_free()
    {
        var (_, count) = await _client.PostAsync("messages/count_tokens", WireClient.With(Asking, "max_tokens", null));
        Assert.Equal(100, count.GetProperty("input_tokens").GetInt32());
        Assert.Equal(0, Assert.Single(_provider.Ledger.Attempts).Billed.Total);
    }

    [Theory]
    [InlineData("max_tokens", null, "max_tokens: Field required")]
    [InlineData("stream_options", "{}", "stream_options: Extra inputs")]
    [InlineData("temperature", "1.5", "temperature: Input should be less")]
    [InlineData("messages/0", "{\"role\":\"system\",\"content\":\"x\"}", "Unexpected role")]
    [InlineData("messages/0/role", "\"assistant\"", "first message")]
    [InlineData("messages/0/content", "\"\"", "non-empty content")]
    [InlineData("messages/0/content", "[{\"type\":\"text\",\"text\":\"\"}]", "non-empty")]
    [InlineData("messages/0/content", "[{\"type\":\"text\",\"text\":\"x\",\"id\":1}]", "Extra inputs")]
    [InlineData("messages/0/content", "[{\"type\":\"image_url\",\"image_url\":{}}]", "does not match")]
    [InlineData("messages/0/name", "\"bo\"", "Extra inputs")]
    [InlineData("messages/1/content/0/id", "\"a b\"", "should match pattern")]
    [InlineData("messages/1/content/0/input", "\"{}\"", "valid dictionary")]
    [InlineData("messages/2/content/0/tool_use_id", "\"toolu_2\"", "unexpected `tool_use_id`")]
    [InlineData("messages/2/content", "\"x\"", "without `tool_result`")]
    [InlineData("messages/2/content/0", "{\"type\":\"text\",\"text\":\"x\"}", "without `tool_result`")]
    [InlineData("tools", "[{\"name\":\"a.b\",\"input_schema\":{\"type\":\"object\"}}]", "should match pattern")]
    [InlineData("tools", "[{\"name\":\"a\",\"input_schema\":{}}]", "input_schema.type")]
    [InlineData("tool_choice", "{\"type\":\"auto\"}", "while providing tools")]
    [InlineData("thinking", "{\"type\":\"enabled\",\"budget_tokens\":100}", "greater than or equal to 1024")]
    [InlineData("thinking", "{\"type\":\"enabled\",\"budget_tokens\":4000}", "`max_tokens` must be greater")]
    public Task What_anthropic_would_refuse_is_refused_in_its_words(string path, string? value, string message) =>
        AssertRefusedAsync(WireClient.With(Answered, path, value), message);

    [Theory]
    [InlineData(401, "authentication_error", "anthropic-version", "2023-06-01")]
    [InlineData(400, "invalid_request_error", "x-api-key", "sk-ant")]
    public async Task The_key_and_the_version_must_be_there(int status, string type, string name, string value)
    {
        using var client = new WireClient(_provider, (name, value));
        var (refused, body) = await client.PostAsync(Path, Asking);
        Assert.Equal((status, type), ((int)refused, body.GetProperty("error").GetProperty("type").GetString()));
    }

    [Fact]
    public async Task The_system_may_speak_between_the_turns_in_the_newer_version_only()
    {
        const string body =
            """
            {"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"},
              {"role":"system","content":"be brief"},{"role":"user","content":"go on"}]}
            """;
        await AssertRefusedAsync(body, "Unexpected role");
        using var newer = new WireClient(
            _provider, ("Authorization", "Bearer sk-ant"), ("anthropic-version", "2026-10-21"));
        Assert.Equal(HttpStatusCode.OK, (await newer.PostAsync(Path, body)).Status);
        using var unheard = new WireClient(_provider, ("x-api-key", "sk-ant"), ("anthropic-version", "2024-01-01"));
        Assert.Equal(HttpStatusCode.BadRequest, (await unheard.PostAsync(Path, body)).Status);
    }

    [Fact]
    public async Task Overload_is_said_by_a_status_before_an_answer_and_by_an_event_in_it()
    {
        _provider.RefuseNext(1, 529, TimeSpan.FromSeconds(3));
        using var refused = await _client.SendAsync(Path, Asking);
        Assert.Equal((529, TimeSpan.FromSeconds(3)), ((int)refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        Assert.Contains(
            "overloaded_error", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        _provider.Script = new ProviderScript { ErrorAfterChunks = 1 };
        var events = await _client.StreamAsync(Path, WireClient.With(Asking, "stream", "true"));
        Assert.Equal("error", events[^1].Name);
        Assert.Equal("overloaded_error", events[^1].Data.GetProperty("error").GetProperty("type").GetString());
    }

    private async Task AssertRefusedAsync(string body, string message)
    {
        var (status, answer) = await _client.PostAsync(Path, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("error", answer.GetProperty("type").GetString());
        var error = answer.GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
