using System.Text;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>Looking for other providers' thoughts finds what is wrong with a text, and says so.</summary>
public sealed class ForeignThoughtsTests
{
    [Theory]
    [InlineData("""{"type":"\udc00\ud800","signature":"gemini#x"}""")]
    [InlineData("""{"type":"thinking","signature":"\ud800"}""")]
    [InlineData("""{"type":"thinking","\ud800":1}""")]
    public void A_text_that_is_no_Unicode_is_the_callers_fault(string block)
    {
        var body = "{\"messages\":[{\"role\":\"assistant\",\"content\":[" + block
            + ",{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"gemini#x\"}]}]}";

        Assert.Throws<TranslationException>(() => ForeignThoughts.In(Encoding.UTF8.GetBytes(body)));
    }
}
