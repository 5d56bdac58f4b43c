using System.Text;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.OpenAi;

/// <summary>Thoughts that a model writes into its answer are told from it, however the text is cut.</summary>
public sealed class ThinkTagsTests
{
    [Theory]
    [InlineData("<think>\nAnts? <b>\n</think>\n\nSix legs.", "Ants? <b>\n", "Six legs.")]
    [InlineData(" \n<think></think>Yes", "", "Yes")]
    [InlineData("<think>still at it</thin", "still at it</thin", "")]
    [InlineData("<think>one</think>two</think><think>three</think>", "one", "two</think><think>three</think>")]
    [InlineData("The tag <think> is a word here", "", "The tag <think> is a word here")]
    [InlineData("<thinking>no</thinking>", "", "<thinking>no</thinking>")]
    [InlineData("  <thi", "", "  <thi")]
    [InlineData("", "", "")]
    public void Thoughts_and_answer_are_the_same_however_the_text_is_cut(string text, string thoughts, string answer)
    {
        foreach (var size in Enumerable.Range(1, Math.Max(text.Length, 1)))
        {
            var said = new Dictionary<AnswerPartKind, StringBuilder>
            {
                [AnswerPartKind.Thinking] = new(),
                [AnswerPartKind.Text] = new(),
            };
            var tags = new ThinkTags();
            foreach (var piece in text.Chunk(size))
            {
                tags.Take(new string(piece), (kind, words) => said[kind].Append(words));
            }

            tags.End((kind, words) => said[kind].Append(words));
            Assert.Equal(
                (thoughts, answer),
                (said[AnswerPartKind.Thinking].ToString(), said[AnswerPartKind.Text].ToString()));
        }
    }

    [Theory]
    [InlineData(true, "think", "yes")]
    [InlineData(false, "", "<think>think</think>\nyes")]
    public void Only_a_dialect_that_says_so_has_them(bool hasTags, string thoughts, string answer)
    {
        var gathered = new Answer();
        var reader = new ChatAnswerReader(gathered, atMostOneCall: false, hasTags);
        Assert.True(reader.ReadWhole(Encoding.UTF8.GetBytes(
            """{"choices":[{"message":{"content":"<think>think</think>\nyes"},"finish_reason":"stop"}]}""")));

        var parts = gathered.Choices.Single().Parts;
        Assert.Equal(thoughts, string.Concat(parts.OfType<ContentPart.Thinking>().Select(part => part.Value)));
        Assert.Equal(answer, string.Concat(parts.OfType<ContentPart.Text>().Select(part => part.Value)));
    }
}
