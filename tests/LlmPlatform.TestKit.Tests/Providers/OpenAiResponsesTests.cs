using System.Net;
using System.Text.Json;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

public sealed class OpenAiResponsesTests : IAsyncLifetime
{
    private const string Path = "responses";
    private const string Plain = """{"model":"m","input":"hi"}""";
    private const string Asking =
        """
        {"model":"m","input":"hi","tools":[{"type":"function","name":"weather",
          "parameters":{"type":"object","properties":{"city":{"type":"string"}}}}]}
        """;

    private FakeProvider _provider = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _client = new WireClient(_provider, ("Authorization", "Bearer one"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_is_numbered_and_ends_in_the_response_that_a_whole_answer_is()
    {
        var (_, whole) = await _client.PostAsync(Path, Plain);
        var events = await _client.StreamAsync(Path, WireClient.With(Plain, "stream", "true"));
        Assert.Equal(
            Enumerable.Range(0, events.Count),
            events.Select(one => one.Data.GetProperty("sequence_number").GetInt32()));
        Assert.All(events, one => Assert.Equal(one.Name, one.Data.GetProperty("type").GetString()));
        Assert.Equal("response.created", events[0].Name);
        Assert.Equal("response.completed", events[^1].Name);
        var last = events[^1].Data.GetProperty("response");
        Assert.Equal(TextOf(whole), TextOf(last));
        Assert.Equal(whole.GetProperty("usage").GetRawText(), last.GetProperty("usage").GetRawText());
        var deltas = events.Where(one => one.Name == "response.output_text.delta")
            .Select(one => one.Data.GetProperty("delta").GetString());
        Assert.Equal(TextOf(whole), string.Concat(deltas));
    }

    [Fact]
    public async Task Every_type_of_event_is_sent_by_some_request()
    {
        var seen = new HashSet<string>();
        const string hosted =
            """
            {"model":"m","input":"hi","stream":true,"background":true,"modalities":["audio"],
             "reasoning":{"summary":"auto"},
             "tools":[{"type":"web_search"},{"type":"file_search"},{"type":"code_interpreter"},
              {"type":"image_generation"},{"type":"mcp","server_label":"good"},{"type":"mcp","server_label":"failing"}]}
            """;
        await SeeAsync(hosted, new ProviderScript());
        await SeeAsync(WireClient.With(Asking, "stream", "true"), new ProviderScript());
        await SeeAsync(
            """{"model":"m","input":"hi","stream":true,"tools":[{"type":"custom","name":"note"}]}""",
            new ProviderScript());
        var streamed = WireClient.With(Plain, "stream", "true");
        await SeeAsync(streamed, new ProviderScript { Ending = AnswerEnding.Refusal });
        await SeeAsync(streamed, new ProviderScript { Ending = AnswerEnding.Length });
        await SeeAsync(streamed, new ProviderScript { ErrorAfterChunks = 2 });
        string[] wanted =
        [
            "created", "queued", "in_progress", "completed", "incomplete", "failed", "output_item.added",
            "output_item.done", "content_part.added", "content_part.done", "output_text.delta", "output_text.done",
            "output_text.annotation.added", "refusal.delta", "refusal.done", "function_call_arguments.delta",
            "function_call_arguments.done", "custom_tool_call_input.delta", "custom_tool_call_input.done",
            "reasoning_text.delta", "reasoning_text.done", "reasoning_summary_part.added",
            "reasoning_summary_part.done", "reasoning_summary_text.delta", "reasoning_summary_text.done",
            "web_search_call.in_progress", "web_search_call.searching", "web_search_call.completed",
            "file_search_call.in_progress", "file_search_call.searching", "file_search_call.completed",
            "code_interpreter_call.in_progress", "code_interpreter_call.interpreting",
            "code_interpreter_call.completed", "code_interpreter_call_code.delta", "code_interpreter_call_code.done",
            "image_generation_call.in_progress", "image_generation_call.generating",
            "image_generation_call.partial_image", "image_generation_call.completed", "mcp_call.in_progress",
            "mcp_call.completed", "mcp_call.failed", "mcp_call_arguments.delta", "mcp_call_arguments.done",
            "mcp_list_tools.in_progress", "mcp_list_tools.completed", "mcp_list_tools.failed", "audio.delta",
            "audio.done", "audio.transcript.delta", "audio.transcript.done",
        ];
        Assert.Equal(
            [.. wanted.Select(type => "response." + type).Append("error").Order(StringComparer.Ordinal)],
            seen.Order(StringComparer.Ordinal));

        async Task SeeAsync(string body, ProviderScript script)
        {
            _provider.Script = script;
            seen.UnionWith((await _client.StreamAsync(Path, body)).Select(one => one.Name!));
        }
    }

    [Fact]
    public async Task A_conversation_is_continued_by_who_began_it_and_wants_its_calls_answered()
    {
        var (_, first) = await _client.PostAsync(Path, Asking);
        var call = first.GetProperty("output")[0];
        Assert.Equal("function_call", call.GetProperty("type").GetString());
        Assert.NotEqual(call.GetProperty("id").GetString(), call.GetProperty("call_id").GetString());
        var id = first.GetProperty("id").GetString();
        var next = $$"""
            {"model":"m","previous_response_id":"{{id}}",
             "input":[{"type":"function_call_output","call_id":"{{call.GetProperty("call_id")}}","output":"sunny"}]}
            """;
        var (status, second) = await _client.PostAsync(Path, next);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("word0 ", TextOf(second), StringComparison.Ordinal);

        await AssertRefusedAsync(_client, WireClient.With(next, "input", "\"go on\""), "input");
        await AssertRefusedAsync(_client, WireClient.With(next, "input/0/call_id", "\"call_x\""), "input");
        using var other = new WireClient(_provider, ("Authorization", "Bearer two"));
        await AssertRefusedAsync(other, next, "previous_response_id");
    }

    [Theory]
    [InlineData("input", null, "input")]
    [InlineData("messages", "[]", "messages")]
    [InlineData("max_tokens", "10", "max_tokens")]
    [InlineData("response_format", "{}", "response_format")]
    [InlineData("stream_options", "{\"include_usage\":true}", "stream_options.include_usage")]
    [InlineData("input", "[{\"role\":\"tool\",\"content\":\"x\"}]", "input[0].role")]
    [InlineData("input", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]", "input[0].content[0]")]
    [InlineData("input", "[{\"role\":\"assistant\",\"content\":[{\"type\":\"input_text\"}]}]", "input[0]")]
    [InlineData("tools", "[{\"type\":\"function\",\"function\":{\"name\":\"nested\"}}]", "tools[0].name")]
    [InlineData("text", "{\"format\":{\"type\":\"json_schema\",\"json_schema\":{}}}", "text.format.name")]
    [InlineData("previous_response_id", "\"resp_nobody\"", "previous_response_id")]
    public Task What_belongs_to_chat_completions_is_refused(string path, string? value, string param) =>
        AssertRefusedAsync(_client, WireClient.With(Plain, path, value), param);

    private static async Task AssertRefusedAsync(WireClient client, string body, string param)
    {
        var (status, answer) = await client.PostAsync(Path, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(
            param, answer.GetProperty("error").GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    private static string TextOf(JsonElement response) => response.GetProperty("output").EnumerateArray()
        .First(item => item.GetProperty("type").GetString() == "message")
        .GetProperty("content")[0].GetProperty("text").GetString()!;
}
