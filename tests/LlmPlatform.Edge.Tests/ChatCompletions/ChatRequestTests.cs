using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Tests.ChatCompletions;

/// <summary>What of a caller's body a provider sees: all of it, but for the few members that are ours to set.</summary>
public sealed class ChatRequestTests
{
    private static readonly string[] _optional =
    [
        "\"stream_options\":null", "\"stream_options\":{}", "\"stream_options\" : { }",
        "\"stream_options\":{\"include_usage\":true}", "\"stream_options\":{\"include_usage\":false,\"x\":[{}]}",
        "\"stream_options\":{\"x\":{\"include_usage\":1},\"y\":2}", "\"stream_options\":{ \"include_usage\" : null }",
        "\"max_tokens\":null", "\"max_tokens\":7", "\"max_completion_tokens\" : null", "\"max_completion_tokens\":9",
        "\"n\":2", "\"temperature\":0.5", "\"tools\":[{\"model\":\"inner\",\"stream_options\":{}}]",
        "\"user\":\"\\u00e9\\\"\\\\ \u6a21\"", "\"metadata\":{\"model\":\"x\",\"max_tokens\":null}", "\"seed\":-1.5e3",
        "\"stop\":[\"}\",\"{\"]", "\"logit_bias\":{\"1\":-100}",
    ];

    [Fact]
    public void What_comes_out_is_what_came_in_but_for_what_is_ours_to_set()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 4000; round++)
        {
            var text = RandomBody(random, out var stream);
            var newName = random.Next(2) == 0;
            var request = ChatRequest.Read(Encoding.UTF8.GetBytes(text), out var error);
            Assert.True(request is not null, error?.Message + " " + text);
            Assert.Equal("asked/\u6a21", request.Model);

            // A bound of ours is written only where the caller gave none.
            long? bound = request.MaxOutputTokens is null && random.Next(2) == 0 ? 4096 : null;
            var written = new ArrayBufferWriter<byte>();
            request.WriteTo(written, new PassThroughChanges("theirs \"1\"", bound, newName));
            var actual = Encoding.UTF8.GetString(written.WrittenSpan);

            var expected = JsonNode.Parse(text)!.AsObject();
            expected["model"] = "theirs \"1\"";
            if (bound is not null)
            {
                expected[newName ? "max_completion_tokens" : "max_tokens"] = bound;
            }

            if (!newName && !expected.ContainsKey("max_tokens") && expected["max_completion_tokens"] is { } count)
            {
                expected.Remove("max_completion_tokens");
                expected["max_tokens"] = count;
            }

            if (stream)
            {
                expected["stream_options"] ??= new JsonObject();
                expected["stream_options"]!["include_usage"] = true;
            }

            Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(actual)), $"{text}\nbecame\n{actual}");
            Assert.Equal(TailOf(text), TailOf(actual));
        }
    }

    [Fact]
    public void A_body_with_nothing_to_set_keeps_every_byte_but_the_name()
    {
        const string body = "\t{ \"messages\" : [ ] ,\r\n\"model\":\"a\" , \"x\" : 1.0e+2 , \"stream\":false }\n";
        var written = new ArrayBufferWriter<byte>();
        ChatRequest.Read(Encoding.UTF8.GetBytes(body), out _)!
            .WriteTo(written, new PassThroughChanges("b"));

        Assert.Equal(
            body.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Theory]
    [InlineData("\"max_tokens\":10,\"max_completion_tokens\":20", 20)]
    [InlineData("\"max_completion_tokens\":20,\"max_tokens\":30", 30)]
    [InlineData("\"max_tokens\":null,\"max_completion_tokens\":5", 5)]
    public void Of_two_bounds_the_larger_one_is_held_for(string members, long bound)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[],{{members}}}""");

        Assert.Equal(bound, ChatRequest.Read(body, out _)!.MaxOutputTokens);
    }

    [Theory]
    [InlineData("\"stream_options\":{\"include_usage\":true,\"include_usage\":false}", "stream_options.include_usage")]
    [InlineData("\"stream_options\":{\"include_usage\":{\"a\":1}}", "stream_options.include_usage")]
    [InlineData("\"stream_options\":[]", "stream_options")]
    [InlineData("\"max_tokens\":1,\"max_tokens\":2", "max_tokens")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"n\":1.5", "n")]
    public void What_cannot_be_told_apart_is_refused(string members, string param)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[],"stream":true,{{members}}}""");

        Assert.Null(ChatRequest.Read(body, out var error));
        Assert.Equal(param, error!.Param);
    }

    [Theory]
    [InlineData(
        """{"stream_options":{"include_usage":true} , "model":"m","messages":[],"stream":true}""",
        """{ "model":"p","messages":[],"stream":true}""")]
    [InlineData(
        """{"model":"m","messages":[],"stream":true ,"stream_options":null}""",
        """{"model":"p","messages":[],"stream":true}""")]
    [InlineData(
        """{"model":"m","messages":[],"stream_options":{"x":{}},"stream":true}""",
        """{"model":"p","messages":[],"stream":true}""")]
    [InlineData("""{"model":"m","messages":[],"stream":true}""", """{"model":"p","messages":[],"stream":true}""")]
    public void Usage_is_not_asked_for_where_it_comes_unasked(string body, string expected) =>
        Assert.Equal(expected, Written(body, new PassThroughChanges("p", AskForUsage: false)));

    [Fact]
    public void A_developer_speaks_as_the_system_where_the_provider_knows_no_other()
    {
        const string body =
            """
            {"messages":[{"role":"developer","content":"\"role\":\"developer\""},{"content":"x","role" : "developer"},
            {"role":"user","content":[{"role":"developer"}]}],"model":"p"}
            """;
        const string expected =
            """
            {"messages":[{"role":"system","content":"\"role\":\"developer\""},{"content":"x","role" : "system"},
            {"role":"user","content":[{"role":"developer"}]}],"model":"p"}
            """;

        Assert.Equal(expected, Written(body, new PassThroughChanges("p") { TakesDeveloperRole = false }));
        Assert.Equal(body, Written(body, new PassThroughChanges("p")));
    }

    [Theory]
    [InlineData("""{"reasoning_content":"x","role":"assistant"}""", """{"role":"assistant"}""")]
    [InlineData(
        """{"thinking_blocks":[{"a":1}] , "reasoning_content":"x", "role":"assistant"}""",
        """{  "role":"assistant"}""")]
    [InlineData(
        """{"role":"assistant", "reasoning_content":"x" ,"thinking_blocks":[],"content":"y"}""",
        """{"role":"assistant","content":"y"}""")]
    [InlineData("""{"reasoning_content":"x"}""", "{}")]
    [InlineData(
        """{"tool_calls":[{"extra_content":{"google":{}},"id":"a"},{"id":"b","extra_content":null}],"role":"x"}""",
        """{"tool_calls":[{"id":"a"},{"id":"b"}],"role":"x"}""")]
    public void What_other_providers_said_in_their_own_way_does_not_reach_those_who_refuse_it(
        string message, string expected)
    {
        var body = $$"""{"model":"p","messages":[{{message}}]}""";

        Assert.Equal(
            $$"""{"model":"p","messages":[{{expected}}]}""",
            Written(body, new PassThroughChanges("p") { TakesOthersOwn = false }));
        Assert.Equal(body, Written(body, new PassThroughChanges("p")));
    }

    private static string Written(string body, PassThroughChanges changes)
    {
        var written = new ArrayBufferWriter<byte>();
        ChatRequest.Read(Encoding.UTF8.GetBytes(body), out _)!.WriteTo(written, in changes);
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    private static string RandomBody(Random random, out bool stream)
    {
        stream = random.Next(2) == 0;
        var members = new List<string>
        {
            "\"model\" :\"asked\\/\\u6a21\"",
            "\"messages\":[{\"role\":\"user\",\"content\":\"\\\"model\\\":\\\"no\\\"\"}]",
            stream ? "\"stream\":true" : "\"stream\": false",
        };
        var names = new HashSet<string>();
        foreach (var _ in Enumerable.Range(0, random.Next(6)))
        {
            var member = _optional[random.Next(_optional.Length)];
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

    // A member that is never ours to set keeps its bytes.
    private static string TailOf(string text)
    {
        var at = text.IndexOf("\"messages\"", StringComparison.Ordinal);
        return text[at..(text.IndexOf(']', at) + 1)];
    }
}
