using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Completions;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Completions;

/// <summary>Text completions, passed on and translated.</summary>
public sealed class CompletionsTests
{
    [Theory]
    [InlineData("\"prompt\":\"x\"", 1)]
    [InlineData("\"prompt\":\"x\",\"n\":3", 3)]
    [InlineData("\"prompt\":\"x\",\"n\":3,\"best_of\":5", 5)]
    [InlineData("\"prompt\":[\"x\",\"y\"],\"n\":3", 6)]
    [InlineData("\"prompt\":[1,2,3]", 1)]
    [InlineData("\"prompt\":[[1,2],[3]],\"best_of\":2", 4)]
    public void Every_answer_that_is_paid_for_is_held_for(string members, long choices)
    {
        var request = Read(members);

        Assert.Equal(choices, request.Choices);
        Assert.Equal(16, request.MaxOutputTokens);
    }

    [Theory]
    [InlineData("\"prompt\":\"x\"", "\"max_tokens\":16,")]
    [InlineData("\"prompt\":\"x\",\"max_tokens\":9", "")]
    public void The_bound_that_OpenAI_documents_is_said_to_servers_that_have_another(string members, string ahead)
    {
        var written = new ArrayBufferWriter<byte>();
        Read(members).WriteTo(written, new PassThroughChanges("p", UseMaxCompletionTokens: true));

        Assert.Equal(
            "{" + ahead + "\"model\":\"p\"," + members + "}", Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Theory]
    [InlineData("\"prompt\":1", "prompt")]
    [InlineData("\"prompt\":[]", "prompt")]
    [InlineData("\"x\":1", "prompt")]
    [InlineData("\"prompt\":\"x\",\"best_of\":0", "best_of")]
    [InlineData("\"prompt\":\"x\",\"prompt\":\"y\"", "prompt")]
    public void What_is_no_request_is_refused_by_name(string members, string param)
    {
        Assert.Null(CompletionsRequest.Read(Body(members), out var error));
        Assert.Equal(param, error!.Param);
    }

    [Fact]
    public void A_prompt_is_what_a_user_says()
    {
        var request = Read(
            """
            "prompt":["x"],"max_tokens":5,"n":2,"stop":"s","logprobs":3,"seed":1,"stream":true,"suffix":"","echo":false,
            "best_of":2
            """).ReadGeneration();

        Assert.Equal([new ContentPart.Text("x")], request.Turns.Single().Parts);
        Assert.Equal((5L, 2, true, 3), (
            request.MaxOutputTokens, request.Choices, request.Logprobs, request.TopLogprobs));
        Assert.Equal(["s"], request.Stop);
        Assert.True(request.Stream);
        Assert.Equal(16, Read("\"prompt\":\"x\"").ReadGeneration().MaxOutputTokens);
    }

    [Theory]
    [InlineData("\"prompt\":[\"secret\",\"secret\"]", "prompt")]
    [InlineData("\"prompt\":[1]", "prompt")]
    [InlineData("\"prompt\":[[1]]", "prompt")]
    [InlineData("\"prompt\":\"x\",\"suffix\":\"secret\"", "suffix")]
    [InlineData("\"prompt\":\"x\",\"echo\":true", "echo")]
    [InlineData("\"prompt\":\"x\",\"best_of\":2", "best_of")]
    [InlineData("\"prompt\":\"x\",\"logit_bias\":{\"50256\":-100}", "logit_bias")]
    public void What_only_a_model_that_continues_text_can_do_is_refused_by_name(string members, string param)
    {
        var refusal = Assert.Throws<TranslationException>(() => Read(members).ReadGeneration());

        Assert.Equal(param, refusal.Param);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Probabilities_are_said_in_the_older_shape_streamed_and_whole()
    {
        using var tokens = JsonDocument.Parse(
            """
            [{"token":"Yes","logprob":-0.1,"top_logprobs":[{"token":"Yes","logprob":-0.1},{"token":"No","logprob":-2}]},
            {"token":".","logprob":-0.2}]
            """);
        void Say(IAnswerSink answer)
        {
            answer.Start(new AnswerHead("a", "m"));
            answer.BeginPart(0, AnswerPart.Thinking);
            answer.Append(0, "unseen");
            answer.EndPart(0);
            answer.BeginPart(0, AnswerPart.Text);
            answer.Append(0, "Yes.");
            answer.AppendLogprobs(0, tokens.RootElement);
            answer.EndPart(0);
            answer.EndChoice(0, StopReason.StopSequence);
        }

        var expected =
            """
            {"tokens":["Yes","."],"token_logprobs":[-0.1,-0.2],"top_logprobs":[{"Yes":-0.1,"No":-2},{}],
            "text_offset":[0,3]}
            """.ReplaceLineEndings("");
        var whole = Whole(Say);
        Assert.Equal(expected, whole["logprobs"]!.ToJsonString());
        Assert.Equal(("Yes.", "stop"), ((string?)whole["text"], (string?)whole["finish_reason"]));
        var chunks = Stream(Say);
        Assert.Equal(["Yes.", "", ""], chunks.Select(chunk => (string?)chunk["text"]));
        Assert.Equal(expected, chunks[1]["logprobs"]!.ToJsonString());
        Assert.Equal([null, null, "stop"], chunks.Select(chunk => (string?)chunk["finish_reason"]));
    }

    private static List<JsonNode> Stream(Action<IAnswerSink> say)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = CompletionsApi.Instance.OpenWriter(Read("\"prompt\":\"x\""), $"{Guid.CreateVersion7()}");
        writer.Output = output;
        say(writer);
        writer.Complete();
        var events = Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n");
        Assert.Equal(["data: [DONE]", ""], events[^2..]);
        return [.. events[..^2].Select(line => JsonNode.Parse(line["data: ".Length..])!["choices"]![0]!)];
    }

    private static JsonNode Whole(Action<IAnswerSink> say)
    {
        var answer = new Answer();
        say(answer);
        var output = new ArrayBufferWriter<byte>();
        CompletionsApi.Instance.WriteAnswer(
            answer, Read("\"prompt\":\"x\""), $"{Guid.CreateVersion7()}", output);
        var document = JsonNode.Parse(output.WrittenSpan)!;
        Assert.Equal("text_completion", (string?)document["object"]);
        return document["choices"]![0]!;
    }

    private static CompletionsRequest Read(string members)
    {
        var request = CompletionsRequest.Read(Body(members), out var error);
        Assert.True(request is not null, error?.Message);
        return request;
    }

    private static byte[] Body(string members) => Encoding.UTF8.GetBytes("{\"model\":\"m\"," + members + "}");
}
