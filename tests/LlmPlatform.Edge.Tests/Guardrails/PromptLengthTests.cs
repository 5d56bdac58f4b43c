using System.Text;
using LlmPlatform.Edge.Guardrails;

namespace LlmPlatform.Edge.Tests.Guardrails;

/// <summary>Which characters of a request are its prompt.</summary>
public sealed class PromptLengthTests
{
    [Theory]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"abc\",\"name\":\"not\"}],\"user\":\"not\"}", 3)]
    [InlineData(
        "{\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"abc\"},{\"type\":\"text\",\"text\":\"de\"}]}]}",
        5)]
    [InlineData("{\"messages\":[{\"content\":[{\"image_url\":{\"url\":\"data:not\",\"detail\":\"low\"}}]}]}", 0)]
    [InlineData(
        "{\"messages\":[{\"tool_calls\":[{\"id\":\"not\",\"function\":{\"name\":\"not\",\"arguments\":\"{}\"}}]}]}",
        2)]
    [InlineData("{\"messages\":[{\"content\":[{\"type\":\"tool_result\",\"content\":[{\"text\":\"ab\"}]}]}]}", 2)]
    [InlineData(
        "{\"messages\":[{\"content\":[{\"thinking\":\"ab\",\"signature\":\"not\"}]}],\"system\":[{\"text\":\"c\"}]}",
        3)]
    [InlineData(
        "{\"system\":\"ab\",\"instructions\":\"cd\",\"prompt\":[\"e\",\"fg\"],\"x\":\"not\",\"text\":\"not\"}",
        7)]
    [InlineData("{\"input\":[\"ab\",\"c\"]}", 3)]
    [InlineData("{\"input\":[1,2,3]}", 0)]
    [InlineData(
        "{\"input\":[{\"content\":[{\"type\":\"input_text\",\"text\":\"ab\"}]},"
        + "{\"output\":\"c\",\"call_id\":\"not\"}]}",
        3)]
    [InlineData(
        "{\"input\":[{\"encrypted_content\":\"not\",\"summary\":[{\"text\":\"ab\"}]}],"
        + "\"tools\":[{\"content\":\"not\"}]}",
        2)]
    [InlineData("{\"prompt\":\"h\\u00e9\\n\\\"模😀\\ud83d\\ude00\"}", 7)]
    [InlineData("{}", 0)]
    public void Texts_count_by_their_characters_and_nothing_else_does(string body, int characters) =>
        Assert.Equal(characters, PromptLength.Count(Encoding.UTF8.GetBytes(body)));
}
