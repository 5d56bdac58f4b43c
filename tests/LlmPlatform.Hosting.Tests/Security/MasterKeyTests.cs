using LlmPlatform.Hosting.Security;

namespace LlmPlatform.Hosting.Tests.Security;

public class MasterKeyTests
{
    private const string Text = "a-master-key-of-tests";

    [Fact]
    public void Only_the_key_itself_opens()
    {
        var key = Read(Text);

        Assert.True(key.Opens(Text));
        Assert.False(key.Opens(""));
        Assert.False(key.Opens(Text + "x"));
        Assert.False(key.Opens(Text[..^1]));
        Assert.False(key.Opens(Text.ToUpperInvariant()));
    }

    [Fact]
    public void What_services_show_each_other_is_another_key_of_the_same_origin()
    {
        var key = Read(Text);

        Assert.True(Read(Text).OpensInternal(key.InternalToken));
        Assert.False(key.OpensInternal(Text));
        Assert.False(key.Opens(key.InternalToken));
        Assert.False(Read(Text + "!").OpensInternal(key.InternalToken));
        Assert.DoesNotContain(Text, key.InternalToken, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_of_another_version_show_the_same_key() =>
        Assert.Equal(
            "2f728f6979243b6c141f2ee221a2e2dd3c5137c17e8f64c6bcaaf5e6fc488713", Read(Text).InternalToken);

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcde")]
    public void Nothing_opens_a_key_that_was_refused(string text)
    {
        var faults = new List<string>();
        var key = MasterKey.Read(text, faults);

        Assert.Single(faults);
        Assert.False(key.Opens(text));
        Assert.False(key.Opens(""));
    }

    [Fact]
    public void A_key_does_not_show_itself() =>
        Assert.DoesNotContain(Text, $"{Read(Text)}", StringComparison.Ordinal);

    private static MasterKey Read(string text)
    {
        var faults = new List<string>();
        var key = MasterKey.Read(text, faults);
        Assert.Empty(faults);
        return key;
    }
}
