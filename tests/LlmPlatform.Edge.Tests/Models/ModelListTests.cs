using System.Net;
using System.Text.Json;

namespace LlmPlatform.Edge.Tests.Models;

/// <summary>One address, two protocols: each caller gets what its SDK parses.</summary>
public sealed class ModelListTests(EdgeUnderTest edge)
{
    [Fact]
    public async Task Callers_of_OpenAI_and_of_Anthropic_each_get_the_list_their_SDK_parses()
    {
        var openai = await ReadAsync("/v1/models", Landscape.Narrow, anthropic: false);
        Assert.Equal("list", openai.GetProperty("object").GetString());
        Assert.All(
            openai.GetProperty("data").EnumerateArray(),
            model => Assert.Equal("model", model.GetProperty("object").GetString()));

        var anthropic = await ReadAsync("/v1/models", Landscape.Narrow, anthropic: true);
        var ids = anthropic.GetProperty("data").EnumerateArray().Select(Id).ToList();
        Assert.Equal(openai.GetProperty("data").EnumerateArray().Select(Id), ids);
        Assert.False(anthropic.GetProperty("has_more").GetBoolean());
        Assert.Equal(
            (ids[0], ids[^1]),
            (anthropic.GetProperty("first_id").GetString(), anthropic.GetProperty("last_id").GetString()));
        Assert.All(
            anthropic.GetProperty("data").EnumerateArray(),
            model => Assert.Equal("model", model.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_model_the_key_may_not_use_is_not_there_in_either_shape()
    {
        var openai = await ReadAsync("/v1/models/t1", Landscape.Narrow, anthropic: false, HttpStatusCode.NotFound);
        Assert.Equal("model_not_found", openai.GetProperty("error").GetProperty("code").GetString());

        var anthropic = await ReadAsync("/v1/models/t1", Landscape.Narrow, anthropic: true, HttpStatusCode.NotFound);
        Assert.Equal("error", anthropic.GetProperty("type").GetString());
        Assert.Equal("not_found_error", anthropic.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("model_not_found", anthropic.GetProperty("error").GetProperty("code").GetString());
    }

    private static string Id(JsonElement model) => model.GetProperty("id").GetString()!;

    private async Task<JsonElement> ReadAsync(
        string path, string key, bool anthropic, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Address, path));
        request.Headers.TryAddWithoutValidation("x-api-key", key);
        if (anthropic)
        {
            request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        }

        using var answer = await edge.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        using var body = JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return body.RootElement.Clone();
    }
}
