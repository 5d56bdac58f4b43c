using System.Text;
using LlmPlatform.Edge.Guardrails;

namespace LlmPlatform.Edge.Tests.Guardrails;

/// <summary>What counts as personal data in a prompt, wherever in it that stands.</summary>
public sealed class PersonalDataTests
{
    private const int Seed = 20261121;

    private static readonly string[] Fillers =
        ["word12 ", "2024-11-21, ", "AB ", "a@ ", "+ ", "x@y ", "4111, ", "é ", "IT ", "0.125, ", "GB7, ", "+49, "];

    [Theory]
    [InlineData("jane.doe@example.com")]
    [InlineData("+49 171 1234567")]
    [InlineData("4111111111111111")]
    [InlineData("4111 1111 1111 1111")]
    [InlineData("5500-0000-0000-0004")]
    [InlineData("DE89 3704 0044 0532 0130 00")]
    [InlineData("GB29NWBK60161331926819")]
    public void It_is_found_at_every_place_of_a_text(string datum)
    {
        for (var before = 0; before < 100; before++)
        {
            foreach (var after in new[] { "", ".", new string('x', 70) })
            {
                var text = string.Concat(new string('x', before), " ", datum, after is "" or "." ? after : " " + after);
                Assert.True(In(text), $"{before} signs before, {after.Length} behind");
            }
        }
    }

    [Theory]
    [InlineData("4111111111111112")]
    [InlineData("411111111111")]
    [InlineData("41111111111111111111")]
    [InlineData("4111  1111  1111  1111")]
    [InlineData("DE88 3704 0044 0532 0130 00")]
    [InlineData("XDE89370400440532013000")]
    [InlineData("jane@localhost")]
    [InlineData("@example.com")]
    [InlineData("+1234567")]
    [InlineData("2024-11-21 19:33:05")]
    public void What_only_looks_like_it_is_not_found_at_any_place(string text)
    {
        for (var before = 0; before < 100; before++)
        {
            Assert.False(In(new string('x', before) + " " + text + " " + new string('x', 70 - (before % 70))));
        }
    }

    [Fact]
    public void It_is_found_among_anything_and_nothing_is_found_where_it_is_not()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 5_000; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(30); i > 0; i--)
            {
                text.Append(Fillers[random.Next(Fillers.Length)]);
            }

            // A word between, so that no filler becomes part of it.
            var plain = text.ToString();
            Assert.False(In(plain), plain);
            var at = random.Next(plain.Length + 1);
            var with = plain[..at] + " so 378282246310005 so " + plain[at..];
            Assert.True(In(with), with);
        }
    }

    [Fact]
    public void An_escape_hides_nothing_and_a_picture_is_not_looked_at()
    {
        Assert.True(PersonalData.IsIn("""{"a":["jane.doe\u0040example.com"]}"""u8));
        Assert.False(PersonalData.IsIn("""{"a":["data:image/png;base64,4111111111111111"]}"""u8));
    }

    private static bool In(string text) => PersonalData.IsInText(Encoding.UTF8.GetBytes(text));
}
