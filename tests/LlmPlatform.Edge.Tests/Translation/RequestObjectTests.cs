using System.Text;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Translation;

/// <summary>What is wrong in a request that is to be translated is named with its place, never with its text.</summary>
public sealed class RequestObjectTests
{
    [Fact]
    public void A_member_that_is_null_is_as_good_as_absent()
    {
        var body = Read("""{"a":null}""");

        Assert.False(body.Has("a"));
        Assert.Null(body.Text("a"));
        Assert.Null(body.Whole("a", 0, 1));
        Assert.Null(body.Object("a"));
        Assert.Empty(body.Objects("a"));
        Assert.Empty(body.Texts("a"));
    }

    [Fact]
    public void A_text_stands_for_a_list_of_one()
    {
        Assert.Equal(["x"], Read("""{"a":"x"}""").Texts("a"));
        Assert.Equal(["x", "y"], Read("""{"a":["x","y"]}""").Texts("a"));
    }

    [Fact]
    public void What_is_wrong_is_named_with_its_place()
    {
        var body = Read(
            """
            {"text":1,"flag":"secret","whole":1.5,"number":9,"object":[],"objects":{},"texts":[1],
            "list":[{"inner":{"x":"secret"}},"secret"]}
            """);

        Refuses("text", () => body.Text("text"));
        Refuses("flag", () => body.Flag("flag"));
        Refuses("whole", () => body.Whole("whole", 0, 9));
        Refuses("number", () => body.Number("number", 0, 2));
        Refuses("object", () => body.Object("object"));
        Refuses("objects", () => body.Objects("objects"));
        Refuses("texts[0]", () => body.Texts("texts"));
        Refuses("absent", () => body.RequiredText("absent"));
        Refuses("list[1]", () => body.Objects("list"));

        var inner = Read("""{"list":[{"inner":{"x":"secret"}}]}""").Objects("list")[0].RequiredObject("inner");
        Refuses("list[0].inner.x", () => inner.Flag("x"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"half":"\ud800"}""")]
    public void A_body_that_is_no_object_of_whole_characters_is_refused(string text) =>
        Assert.Throws<TranslationException>(() => Read(text));

    private static void Refuses(string param, Func<object?> read)
    {
        var refusal = Assert.Throws<TranslationException>(() => read());
        Assert.Equal(param, refusal.Param);
        Assert.StartsWith($"'{param}' ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    private static RequestObject Read(string text) => RequestObject.Parse(Encoding.UTF8.GetBytes(text));
}
