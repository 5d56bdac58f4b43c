using System.Text;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>What a whole answer that passes through says of itself.</summary>
public sealed class MessagesFactsTests
{
    [Fact]
    public void Its_id_its_usage_and_the_size_of_its_content_are_seen()
    {
        var facts = Read(
            """
            {"id":"msg_1","content":[{"type":"thinking","thinking":"hm","signature":"long long signature"},
             {"type":"text","text":"four"},{"type":"tool_use","id":"t","name":"f","input":{"x":1}}],
             "usage":{"input_tokens":3,"output_tokens":9}}
            """);

        Assert.True(facts.IsAnswer);
        Assert.Equal("msg_1", facts.ProviderRequestId);
        Assert.Equal((3L, 9L), (facts.Usage!.Tokens.TotalInput, facts.Usage.Tokens.TotalOutput));
        Assert.Equal(2 + 4 + """{"x":1}""".Length, facts.ContentBytes);
    }

    [Fact]
    public void An_error_under_the_status_200_is_seen() =>
        Assert.Equal(
            ProviderFaultKind.Overloaded,
            Read("""{"type":"error","error":{"type":"overloaded_error","message":"x"}}""").Fault!.Kind);

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"content":"text"}""")]
    [InlineData("""{"content":[]} trailing""")]
    [InlineData("""{"content":[],"id":"\ud800"}""")]
    public void What_is_no_answer_is_not_taken_for_one(string text) => Assert.False(Read(text).IsAnswer);

    private static AnswerFacts Read(string text) => MessagesFacts.Read(Encoding.UTF8.GetBytes(text));
}
