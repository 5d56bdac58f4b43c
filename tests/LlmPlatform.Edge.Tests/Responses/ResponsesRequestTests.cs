using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Responses;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary>What of a caller's body a provider sees: all of it, but for the few members that are ours to set.</summary>
public sealed class ResponsesRequestTests
{
    private static readonly string[] Optional =
    [
        "\"stream\":true", "\"stream\" : false", "\"max_output_tokens\": null", "\"max_output_tokens\":9",
        "\"temperature\":0.5", "\"store\":false", "\"background\":null", "\"conversation\" : null",
        "\"previous_response_id\":\"resp_1\"", "\"tools\":[{\"type\":\"web_search\",\"model\":\"inner\"}]",
        "\"metadata\":{\"model\":\"x\",\"max_output_tokens\":null}", "\"user\":\"\\u00e9\\\"\\\\ 模\"",
        "\"unknown\":[{\"input\":1e3}]", "\"reasoning\":{\"effort\":\"low\"}",
    ];

    [Fact]
    public void What_comes_out_is_what_came_in_but_for_what_is_ours_to_set()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 4000; round++)
        {
            var text = RandomBody(random);
            var request = Read(text);
            long? bound = request.MaxOutputTokens is null && random.Next(2) == 0 ? 4096 : null;
            var actual = Written(request, bound);

            var expected = JsonNode.Parse(text)!.AsObject();
            expected["model"] = "theirs \"1\"";
            if (bound is not null)
            {
                expected["max_output_tokens"] = bound;
            }

            Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(actual)), $"{text}\nbecame\n{actual}");
        }
    }

    [Fact]
    public void A_body_with_nothing_to_set_keeps_every_byte_but_the_name()
    {
        const string body = "\t{ \"input\" : [ {} , \"x\"] ,\r\n\"model\":\"theirs\" , \"x\" : 1.0e+2 }\n";

        Assert.Equal(
            body.Replace("theirs", "theirs \\u00221\\u0022", StringComparison.Ordinal), Written(Read(body), null));
    }

    [Theory]
    [InlineData("[{\"a\":1} , F,{\"b\":2}]", "[{\"a\":1},{\"b\":2}]")]
    [InlineData("[F,{\"a\":1},{\"b\":2},F,F]", "[{\"a\":1},{\"b\":2}]")]
    [InlineData("[F]", "[]")]
    [InlineData("[{\"type\":\"reasoning\",\"id\":\"rs_1\",\"encrypted_content\":\"gAAA#b\"}]", null)]
    [InlineData("[{\"content\":\"gemini#no signature\"}]", null)]
    public void Reasoning_that_another_protocols_provider_signed_is_left_out(string input, string? expected)
    {
        foreach (var foreign in (string[])
        [
            "{\"type\":\"reasoning\",\"encrypted_content\":\"anthropic#Es\",\"summary\":[]}",
            "{\"encrypted_content\":\"gemini#Cp\",\"x\":{\"y\":[1]}}", "{\"encrypted_content\":\"bedrock#\"}",
            "{\"id\":\"rs_unstored_0199_0\",\"summary\":[{\"text\":\"t\"}]}",
        ])
        {
            var sent = input.Replace("F", foreign, StringComparison.Ordinal);
            var written = Written(Read($$"""{"input":{{sent}},"model":"m"}"""), null);

            Assert.StartsWith($$"""{"input":{{expected ?? sent}},"model":""", written);
        }
    }

    [Fact]
    public void What_the_pipeline_must_know_is_read()
    {
        var request = Read(
            """
            {"model":"m","input":"hi","stream":true,"max_output_tokens":70,"previous_response_id":"r","store":false}
            """);

        Assert.Equal(("m", true, 70L), (request.Model, request.Stream, request.MaxOutputTokens));
        Assert.Equal(("r", false), (request.PreviousResponseId, request.IsKept));
        Assert.True(Read("""{"model":"m"}""").IsKept);
    }

    [Theory]
    [InlineData("\"input\":1", "input")]
    [InlineData("\"input\":{}", "input")]
    [InlineData("\"stream\":1", "stream")]
    [InlineData("\"max_output_tokens\":0", "max_output_tokens")]
    [InlineData("\"max_output_tokens\":1.5", "max_output_tokens")]
    [InlineData("\"temperature\":2.01", "temperature")]
    [InlineData("\"temperature\":-1e-9", "temperature")]
    [InlineData("\"previous_response_id\":\"\"", "previous_response_id")]
    [InlineData("\"previous_response_id\":[]", "previous_response_id")]
    [InlineData("\"store\":\"no\"", "store")]
    [InlineData("\"background\":true", "background")]
    [InlineData("\"conversation\":\"conv_1\"", "conversation")]
    [InlineData("\"conversation\":{\"id\":\"conv_1\"}", "conversation")]
    [InlineData("\"store\":true,\"store\":true", "store")]
    [InlineData("\"input\":\"a\",\"input\":\"b\"", "input")]
    public void What_is_wrong_or_not_served_is_named(string member, string param)
    {
        Assert.Null(ResponsesRequest.Read(Encoding.UTF8.GetBytes("{\"model\":\"m\"," + member + "}"), out var error));

        Assert.Equal((400, param), (error!.Status, error.Param));
        Assert.Contains(param, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"model\":\"m\"} x")]
    [InlineData("{\"model\":\"m\",\"input\":[{]}")]
    [InlineData("{\"input\":\"no model\"}")]
    [InlineData("{\"model\":\"\\ud800\",\"input\":\"a\"}")]
    public void A_body_that_is_none_is_refused(string body)
    {
        Assert.Null(ResponsesRequest.Read(Encoding.UTF8.GetBytes(body), out var error));
        Assert.Equal(400, error!.Status);
    }

    private static ResponsesRequest Read(string body)
    {
        var request = ResponsesRequest.Read(Encoding.UTF8.GetBytes(body), out var error);
        Assert.True(request is not null, error?.Message + " " + body);
        return request;
    }

    private static string Written(ResponsesRequest request, long? bound)
    {
        var written = new ArrayBufferWriter<byte>();
        request.WriteTo(written, new PassThroughChanges("theirs \"1\"", bound));
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    private static string RandomBody(Random random)
    {
        var members = new List<string>
        {
            "\"model\" :\"asked\\/\\u6a21\"",
            random.Next(2) == 0
                ? "\"input\":\"\\\"model\\\":\\\"no\\\"\""
                : "\"input\" : [{\"input\":{\"model\":1}}, []]",
        };
        var names = new HashSet<string>();
        foreach (var _ in Enumerable.Range(0, random.Next(6)))
        {
            var member = Optional[random.Next(Optional.Length)];
            if (names.Add(member.Split('"')[1]))
            {
                members.Add(member);
            }
        }

        var shuffled = members.ToArray();
        random.Shuffle(shuffled);
        string[] commas = [",", " ,", ", \n", "\t,\r\n "];
        var inside = string.Join(commas[random.Next(4)], shuffled);
        return random.Next(2) == 0 ? "{" + inside + "}" : " {\n" + inside + " } ";
    }
}
