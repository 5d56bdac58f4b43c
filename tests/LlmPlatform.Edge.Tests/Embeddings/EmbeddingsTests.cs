using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Tests.Embeddings;

/// <summary><c>POST /v1/embeddings</c> from end to end.</summary>
public sealed class EmbeddingsTests(EdgeUnderTest edge)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"a\"")]
    [InlineData("[\"a\",\"b\"]")]
    [InlineData("[1,2,3]")]
    [InlineData("[[1],[2]]")]
    public async Task Embeddings_pass_through_and_only_input_is_billed(string input)
    {
        var model = edge.NewModel("m");
        using var answer = await SendAsync(model, input);
        var body = await BodyOfAsync(answer);

        Assert.Equal("list", body.GetProperty("object").GetString());
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal(new TokenUsage { InputUncached = 100 }, record.Tokens);
        Assert.Equal(("embeddings", UsageSources.Provider), (record.Operation, record.UsageSource));
        Assert.Equal(1_000_000, record.CostNanoUsd);
        var seen = Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Equal(input, seen.Body.GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task Nothing_is_held_for_output()
    {
        // Its month could not pay for a thousand tokens of output beside another call's.
        using var answer = await SendAsync(edge.NewModel("t"), "\"a\"", key: Landscape.Held);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Embeddings_of_another_protocol_come_in_the_form_that_was_asked_for()
    {
        var model = edge.NewModel("google-");
        using var floats = await SendAsync(model, "[\"a\",\"b\"]");
        using var base64 = await SendAsync(model, "[\"a\",\"b\"]", ",\"encoding_format\":\"base64\"");

        Assert.Equal("gemini", floats.Headers.GetValues("X-Provider").Single());
        var plain = (await BodyOfAsync(floats)).GetProperty("data").EnumerateArray()
            .Select(item => item.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle()))
            .ToList();
        var packed = (await BodyOfAsync(base64)).GetProperty("data").EnumerateArray()
            .Select(item => Unpack(item.GetProperty("embedding").GetBytesFromBase64()))
            .ToList();
        Assert.Equal(2, plain.Count);
        Assert.Equal(plain, packed);
        Assert.NotEqual(plain[0], plain[1]);
        Assert.True(Assert.Single((await edge.RecordsOfAsync(floats)).Usage).Tokens.TotalInput > 0);
    }

    [Fact]
    public async Task Token_ids_are_refused_where_they_would_have_to_be_translated()
    {
        using var answer = await SendAsync(edge.NewModel("google-"), "[1,2,3]");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal("input", error.GetProperty("param").GetString());
        Assert.Contains("token ids", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_answer_leaves_the_call_to_another()
    {
        var model = edge.NewModel("x");
        edge.Raw.Whole(model, 200, "{\"detail\":\"not here\"}");
        using var answer = await SendAsync(model, "\"a\"");

        Assert.Equal("second", answer.Headers.GetValues("X-Provider").Single());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static IEnumerable<float> Unpack(byte[] bytes) =>
        bytes.Chunk(sizeof(float)).Select(chunk => BinaryPrimitives.ReadSingleLittleEndian(chunk));

    private static async Task<JsonElement> BodyOfAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private Task<HttpResponseMessage> SendAsync(
        string model, string input, string more = "", string key = Landscape.Open) =>
        edge.SendAsync(
            HttpMethod.Post, "/v1/embeddings", key, $$"""{"model":"{{model}}","input":{{input}}{{more}}}""", Stop);
}
