using System.Text;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Translation;

public sealed class JsonCharactersTests
{
    [Theory]
    [InlineData("""{"a":"b"}""", true)]
    [InlineData("""{"a":"\ud83d\ude00 \u00e9 \n"}""", true)]
    [InlineData("""{"a":"\\ud800"}""", true)]
    [InlineData("""{"a":"\\\ud800"}""", false)]
    [InlineData("""{"a":"\ud800"}""", false)]
    [InlineData("""{"a":"\uD800x\uDC00"}""", false)]
    [InlineData("""{"a":"\udc00\ud800"}""", false)]
    [InlineData("""{"a":"\ud800\ud800\udc00"}""", false)]
    [InlineData("""{"\udfff":1}""", false)]
    public void Half_a_pair_of_surrogates_is_no_character(string json, bool whole) =>
        Assert.Equal(whole, JsonCharacters.AreWhole(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData(new byte[] { 0x22, 0xC3, 0xA9, 0x22 }, true)]
    [InlineData(new byte[] { 0x22, 0xC3, 0x22 }, false)]
    [InlineData(new byte[] { 0x22, 0xED, 0xA0, 0x80, 0x22 }, false)]
    [InlineData(new byte[] { 0x22, 0xFF, 0x22 }, false)]
    public void What_is_not_utf8_is_no_text(byte[] json, bool whole) =>
        Assert.Equal(whole, JsonCharacters.AreWhole(json));
}
