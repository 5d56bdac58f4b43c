using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>What of a caller's body Anthropic sees: all of it, but for the model's name.</summary>
public sealed class MessagesRequestTests
{
    private static readonly string[] _optional =
    [
        "\"system\":\"be \\u00e9\"",
        "\"system\":[{\"type\":\"text\",\"text\":\"m\",\"cache_control\":{\"ttl\":\"1h\"}}]",
        "\"temperature\":0.5", "\"temperature\" : null", "\"stream\":true", "\"stream\" : false",
        "\"metadata\":{\"model\":\"x\",\"max_tokens\":1}", "\"tools\":[{\"name\":\"model\",\"input_schema\":{}}]",
        "\"thinking\":{\"type\":\"adaptive\"}", "\"anything\":1.50e+2", "\"stop_sequences\":[\"}\",\"{\"]",
    ];

    [Fact]
    public void What_comes_out_is_what_came_in_but_for_the_models_name()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2000; round++)
        {
            var text = RandomBody(random);
            var request = Read(text, out var error);
            Assert.True(request is not null, error?.Message + " " + text);
            Assert.Equal("asked/\u6a21", request.Model);
            Assert.Equal(64, request.MaxOutputTokens);

            Assert.Equal(
                text.Replace("\"asked\\/\\u6a21\"", "\"theirs \\u00221\\u0022\"", StringComparison.Ordinal),
                Write(request, "theirs \"1\""));
        }
    }

    [Theory]
    [InlineData("""{"max_tokens":1,"messages":[]}""", "model", "missing")]
    [InlineData("""{"model":"m","max_tokens":1}""", "messages", "missing")]
    [InlineData("""{"model":"m","messages":[]}""", "max_tokens", "missing")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":null}""", "max_tokens", "whole number from 0")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":-1}""", "max_tokens", "whole number from 0")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1.5}""", "max_tokens", "whole number from 0")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1e99}""", "max_tokens", "whole number from 0")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1,"max_tokens":2}""", "max_tokens", "there twice")]
    [InlineData("""{"model":"m","model":"n","messages":[],"max_tokens":1}""", "model", "there twice")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1,"temperature":2.1}""", "temperature", "from 0 to 2")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1,"temperature":"1"}""", "temperature", "from 0 to 2")]
    [InlineData("""{"model":"m","messages":{},"max_tokens":1}""", "messages", "must be an array")]
    [InlineData("""{"model":7,"messages":[],"max_tokens":1}""", "model", "must be a text")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1,"stream":"yes"}""", "stream", "true or false")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1,"thread":{"type":"create"}}""", "thread", "not served")]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1} x""", null, "not valid JSON")]
    [InlineData("""{"model":"\ud800","messages":[],"max_tokens":1}""", null, "not valid Unicode")]
    [InlineData("[]", null, "must be a JSON object")]
    [InlineData("", null, "not valid JSON")]
    public void What_is_wrong_is_named(string body, string? param, string problem)
    {
        Assert.Null(Read(body, out var error));
        Assert.Equal((400, "invalid_request", param), (error!.Status, error.Code, error.Param));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_may_be_filled_without_an_answer() =>
        Assert.Equal(0, Read("""{"model":"m","messages":[],"max_tokens":0}""", out _)!.MaxOutputTokens);

    [Fact]
    public void A_count_needs_no_bound_produces_nothing_and_is_never_streamed()
    {
        var body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[],"stream":true}""");
        var request = MessagesRequest.Read(body, isTokenCount: true, out _)!;

        Assert.False(request.ProducesTokens);
        Assert.False(request.Stream);
    }

    [Theory]
    [InlineData("[{T:gemini#},{X}]", "[{X}]")]
    [InlineData("[{T:gemini#} , {T:} ,{X}]", "[{X}]")]
    [InlineData("[{X},{T:openai#},{Y}]", "[{X},{Y}]")]
    [InlineData("[{X} , {T:} , {T:bedrock#} , {Y}]", "[{X} , {Y}]")]
    [InlineData("[{T:own},{T:},{X}]", "[{T:own},{X}]")]
    [InlineData("[{R:gemini#},{R:own}]", "[{R:own}]")]
    [InlineData("[ {T:} ]", "[ ]")]
    public void Thoughts_that_Anthropic_did_not_sign_are_left_out_and_nothing_else(string content, string expected)
    {
        foreach (var (before, after) in new[] { ("\"model\":\"a\",", ""), ("", ",\"model\":\"a\"") })
        {
            var text = Body(content, before, after);
            var written = Write(Read(text, out _)!, "b");

            Assert.Equal(Body(expected, before, after).Replace("\"a\"", "\"b\"", StringComparison.Ordinal), written);
            Assert.NotNull(JsonNode.Parse(written));
        }
    }

    [Fact]
    public void A_text_about_such_a_thought_stays()
    {
        const string body =
            """
            {"model":"a","max_tokens":1,"messages":[{"role":"user","content":[
             {"type":"text","text":"{\"type\":\"thinking\",\"signature\":\"\"}","signature":"","x":"gemini#"}]},
             {"role":"user","content":"\"thinking\" \"gemini#\""}],"thinking":{"signature":"gemini#x"}}
            """;

        Assert.Equal(body.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), Write(Read(body, out _)!, "b"));
    }

    // {T:s} is a thought signed s, {R:s} a redacted one, {X} a text.
    private static string Body(string content, string before, string after)
    {
        foreach (var letter in (string[])["X", "Y"])
        {
            content = content.Replace(
                $"{{{letter}}}", $$"""{"type":"text","text":"{{letter}}"}""", StringComparison.Ordinal);
        }

        foreach (var signer in (string[])["gemini#", "openai#", "bedrock#", "own", ""])
        {
            var signature = signer.EndsWith('#') ? signer + "Cp+/=" : signer;
            content = content
                .Replace(
                    $"{{T:{signer}}}",
                    $$"""{"type":"thinking","thinking":"hm","signature":"{{signature}}"}""",
                    StringComparison.Ordinal)
                .Replace(
                    $"{{R:{signer}}}",
                    $$"""{"type":"redacted_thinking","data":"{{signature}}"}""",
                    StringComparison.Ordinal);
        }

        return $$"""
            {{{before}}"max_tokens":1,"messages":[{"role":"user","content":"q"},
             {"content":{{content}},"role":"assistant"}]{{after}}}
            """;
    }

    private static MessagesRequest? Read(string body, out GatewayError? error) =>
        MessagesRequest.Read(Encoding.UTF8.GetBytes(body), isTokenCount: false, out error);

    private static string Write(MessagesRequest request, string model)
    {
        var written = new ArrayBufferWriter<byte>();
        request.WriteTo(written, new PassThroughChanges(model, OutputBound: 4096));
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    private static string RandomBody(Random random)
    {
        var members = new List<string>
        {
            "\"model\" :\"asked\\/\\u6a21\"",
            "\"messages\":[{\"role\":\"user\",\"content\":\"\\\"model\\\":\\\"no\\\"\"}]",
            "\"max_tokens\":64",
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
        return " {\n" + string.Join(commas[random.Next(4)], shuffled) + " } ";
    }
}
