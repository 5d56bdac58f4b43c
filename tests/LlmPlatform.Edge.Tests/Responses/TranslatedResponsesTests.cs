using System.Net;
using System.Text.Json;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary><c>POST /v1/responses</c> from end to end, where the provider speaks another protocol.</summary>
public sealed class TranslatedResponsesTests(EdgeUnderTest edge)
{
    private const string Tools =
        ",\"tools\":[{\"type\":\"function\",\"name\":\"look\",\"parameters\":{\"type\":\"object\",\"properties\":"
        + "{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}}]";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => ["google-", "claude-", "bed-", "m"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_answer_is_the_same_streamed_and_whole_and_billed_by_the_providers_figures(string kind)
    {
        var model = edge.NewModel(kind);
        using var whole = await SendAsync(Body(model, more: ",\"store\":true"));
        using var stream = await SendAsync(Body(model, stream: true));
        var answer = await ResponseOfAsync(whole);
        var last = await ResponseOfAsync(stream);

        Assert.Equal("completed", answer.GetProperty("status").GetString());
        Assert.False(answer.GetProperty("store").GetBoolean());
        Assert.Equal(TextOf(answer), TextOf(last));
        Assert.NotEmpty(TextOf(answer));
        Assert.Equal(answer.GetProperty("usage").GetRawText(), last.GetProperty("usage").GetRawText());
        foreach (var said in (HttpResponseMessage[])[whole, stream])
        {
            var record = Assert.Single((await edge.RecordsOfAsync(said)).Usage);
            Assert.Equal(answer.GetProperty("usage").GetProperty("total_tokens").GetInt64(),
                record.Tokens.TotalInput + record.Tokens.TotalOutput);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_tool_is_called_and_its_result_taken_with_all_that_came_before(string kind)
    {
        var model = edge.NewModel(kind);

        // The model of that name on Bedrock does not think, and says so.
        var thinking = kind == "bed-" ? "" : ",\"reasoning\":{\"summary\":\"auto\"}";
        using var first = await SendAsync(Body(model, stream: true, Tools + thinking));
        var output = (await ResponseOfAsync(first)).GetProperty("output");
        var call = output.EnumerateArray().Single(item => item.GetProperty("type").GetString() == "function_call");

        var items = string.Join(',', output.EnumerateArray().Select(item => item.GetRawText()));
        var result = $$"""{"type":"function_call_output","call_id":{{call.GetProperty("call_id").GetRawText()}},"""
            + "\"output\":\"sunny\"}";
        using var second = await SendAsync(
            $$"""{"model":"{{model}}"{{Tools}},"input":[{"role":"user","content":"hi"},{{items}},{{result}}]}""");

        Assert.NotEmpty(TextOf(await ResponseOfAsync(second)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_would_continue_a_translated_answer_is_told_what_to_do(string kind)
    {
        var model = edge.NewModel(kind);
        using var first = await SendAsync(Body(model));
        var id = (await ResponseOfAsync(first)).GetProperty("id").GetString();
        using var second = await SendAsync(Body(model, more: $",\"previous_response_id\":\"{id}\""));

        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(second);
        Assert.Equal("previous_response_not_found", error.GetProperty("code").GetString());
        Assert.Contains("'input'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        using var read = await edge.GetAsync("/v1/responses/" + id);
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
    }

    [Fact]
    public async Task A_tool_that_only_OpenAI_has_is_refused_by_name()
    {
        using var answer = await SendAsync(
            Body(edge.NewModel("google-"), more: ",\"tools\":[{\"type\":\"web_search\"}]"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Contains("web_search", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty((await edge.RecordsOfAsync(answer)).Usage);
    }

    private static string TextOf(JsonElement response) => string.Concat(
        response.GetProperty("output").EnumerateArray()
            .Where(item => item.GetProperty("type").GetString() == "message")
            .SelectMany(item => item.GetProperty("content").EnumerateArray())
            .Select(part => part.GetProperty("text").GetString()));

    private static async Task<JsonElement> ResponseOfAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        if (text.StartsWith('{'))
        {
            return JsonDocument.Parse(text).RootElement;
        }

        var last = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1].Split('\n')[1]["data: ".Length..];
        return JsonDocument.Parse(last).RootElement.GetProperty("response");
    }

    private static string Body(string model, bool stream = false, string more = "") =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}}{{more}},"input":"hi"}""";

    private Task<HttpResponseMessage> SendAsync(string body) =>
        edge.SendAsync(HttpMethod.Post, "/v1/responses", Landscape.Open, body, Stop);
}
