using System.Net;
using System.Text.Json;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

public sealed class OpenAiChatTests : IAsyncLifetime
{
    private const string Path = "chat/completions";
    private const string Schema =
        """
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},
         "required":["city","days"],"additionalProperties":false}
        """;

    private const string Asking =
        """{"model":"m","messages":[{"role":"user","content":"hi"}],"""
        + """ "tools":[{"type":"function","function":{"name":"weather","parameters":"""
        + Schema + "}}]}";

    private const string Answered =
        """
        {"model":"m","messages":[{"role":"user","content":"hi"},
          {"role":"assistant","content":null,"tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"call_1","content":"sunny"}]}
        """;

    private FakeProvider _provider = null!;
    private WireClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _client = new WireClient(_provider);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Offered_tools_are_called_with_arguments_that_fit_whole_and_streamed_alike(int calls)
    {
        _provider.Script = new ProviderScript { ToolCalls = calls };
        var (_, whole) = await _client.PostAsync(Path, Asking);
        var choice = whole.GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        var made = choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray()
            .Select(call => call.GetProperty("function").GetProperty("arguments").GetString()!)
            .ToList();
        Assert.Equal(Enumerable.Repeat("""{"city":"sample","days":7}""", calls), made);

        var streamed = new string[calls];
        foreach (var (_, chunk) in await _client.StreamAsync(Path, WireClient.With(Asking, "stream", "true")))
        {
            var delta = chunk.GetProperty("choices")[0].GetProperty("delta");
            if (delta.TryGetProperty("tool_calls", out var pieces))
            {
                streamed[pieces[0].GetProperty("index").GetInt32()] +=
                    pieces[0].GetProperty("function").GetProperty("arguments").GetString();
            }
        }

        Assert.Equal(made, streamed);
    }

    [Fact]
    public async Task A_result_is_answered_in_text_and_a_schema_in_json_that_fits_it()
    {
        var (_, answered) = await _client.PostAsync(Path, Answered);
        Assert.StartsWith("word0 ", Content(answered), StringComparison.Ordinal);
        var format = """{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":""" + Schema + "}}";
        var (_, fitted) = await _client.PostAsync(
            Path, WireClient.With(WireClient.With(Asking, "tools", null), "response_format", format));
        Assert.Equal("""{"city":"sample","days":7}""", Content(fitted));

        static string Content(JsonElement answer) =>
            answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }

    [Theory]
    [InlineData(AnswerEnding.Complete, "stop")]
    [InlineData(AnswerEnding.Length, "length")]
    [InlineData(AnswerEnding.ContentFilter, "content_filter")]
    [InlineData(AnswerEnding.Refusal, "stop")]
    public async Task An_answer_says_why_it_ended(AnswerEnding ending, string reason)
    {
        _provider.Script = new ProviderScript { Ending = ending };
        var (_, answer) = await _client.PostAsync(Path, WireClient.With(Asking, "tools", null));
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal(reason, choice.GetProperty("finish_reason").GetString());
        var message = choice.GetProperty("message");
        Assert.Equal(
            ending == AnswerEnding.Refusal, message.GetProperty("refusal").ValueKind == JsonValueKind.String);
    }

    [Theory]
    [InlineData("messages", null, "messages")]
    [InlineData("messages", "[]", "messages")]
    [InlineData("messages/0/role", "\"model\"", "messages[0].role")]
    [InlineData("messages/0/content", "[{\"type\":\"input_text\",\"text\":\"x\"}]", "messages[0].content[0].type")]
    [InlineData("messages/1/tool_calls/0/function/arguments", "{}", "messages[1].tool_calls[0].function.arguments")]
    [InlineData("messages/2/tool_call_id", "\"call_2\"", "messages[2].role")]
    [InlineData("messages/2", "{\"role\":\"user\",\"content\":\"x\"}", "messages[2]")]
    [InlineData("max_tokens", "0", "max_tokens")]
    [InlineData("temperature", "2.5", "temperature")]
    [InlineData("stream_options", "{\"include_usage\":true}", "stream_options")]
    [InlineData("tools", "[]", "tools")]
    [InlineData("tools", "[{\"type\":\"function\",\"name\":\"flat\"}]", "tools[0].function")]
    [InlineData("tool_choice", "\"auto\"", "tool_choice")]
    [InlineData("response_format", "{\"type\":\"json_schema\",\"schema\":{}}", "response_format.json_schema")]
    public async Task What_openai_would_refuse_is_refused_in_its_words(string path, string? value, string param)
    {
        var (status, body) = await _client.PostAsync(Path, WireClient.With(Answered, path, value));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = body.GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.StartsWith(param, error.GetProperty("param").GetString(), StringComparison.Ordinal);
        var attempt = Assert.Single(_provider.Ledger.Attempts);
        Assert.Equal((AttemptOutcome.Refused, 0), (attempt.Outcome, attempt.Billed.Total));
        Assert.Equal(error.GetProperty("message").GetString(), attempt.Fault);
    }

    [Theory]
    [InlineData("o3", "max_tokens", "10")]
    [InlineData("gpt-5-mini", "max_tokens", "10")]
    public async Task A_reasoning_model_wants_the_newer_name_of_the_limit(string model, string member, string value)
    {
        var body = WireClient.With(WireClient.With(Answered, member, value), "model", $"\"{model}\"");
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.PostAsync(Path, body)).Status);
    }

    [Fact]
    public async Task Completions_continue_a_prompt_and_embeddings_come_in_either_encoding()
    {
        var (_, completion) = await _client.PostAsync("completions", """{"model":"m","prompt":"hi"}""");
        Assert.StartsWith("word0 ", completion.GetProperty("choices")[0].GetProperty("text").GetString());
        var chunks = await _client.StreamAsync(
            "completions", """{"model":"m","prompt":"hi","stream":true,"stream_options":{"include_usage":true}}""");
        Assert.Equal(150, chunks[^1].Data.GetProperty("usage").GetProperty("total_tokens").GetInt32());

        var (_, floats) = await _client.PostAsync("embeddings", """{"model":"m","input":["a","b"]}""");
        var (_, base64) = await _client.PostAsync(
            "embeddings", """{"model":"m","input":["a","b"],"encoding_format":"base64"}""");
        for (var index = 0; index < 2; index++)
        {
            var text = base64.GetProperty("data")[index].GetProperty("embedding").GetString()!;
            var encoded = Convert.FromBase64String(text);
            var decoded = Enumerable.Range(0, encoded.Length / 4).Select(at => BitConverter.ToSingle(encoded, at * 4));
            var plain = floats.GetProperty("data")[index].GetProperty("embedding");
            Assert.Equal(plain.EnumerateArray().Select(number => number.GetSingle()), decoded);
        }
    }
}
