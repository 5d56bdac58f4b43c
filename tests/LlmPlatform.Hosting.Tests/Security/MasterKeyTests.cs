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

        Assert.True(Read(Text).OpensInternal(key.InternalTokens[0]));
        Assert.False(key.OpensInternal(Text));
        Assert.False(key.Opens(key.InternalTokens[0]));
        Assert.False(Read(Text + "!").OpensInternal(key.InternalTokens[0]));
        Assert.DoesNotContain(Text, key.InternalTokens[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Services_of_another_version_show_the_same_key() =>
        Assert.Equal(
            "2f728f6979243b6c141f2ee221a2e2dd3c5137c17e8f64c6bcaaf5e6fc488713", Read(Text).InternalTokens[0]);

    [Fact]
    public void While_it_is_replaced_both_keys_open_and_services_of_either_understand_each_other()
    {
        const string before = "the-master-key-before";
        var faults = new List<string>();
        var (old, replacing, replaced) = (Read(before), MasterKey.Read(Text, faults, before), Read(Text));
        Assert.Empty(faults);

        Assert.True(replacing.Opens(Text));
        Assert.True(replacing.Opens(before));
        Assert.False(replacing.Opens(before + Text));
        Assert.False(replaced.Opens(before));
        Assert.Equal([replaced.InternalTokens[0], old.InternalTokens[0]], replacing.InternalTokens);
        Assert.True(replacing.OpensInternal(old.InternalTokens[0]));
        Assert.True(replacing.OpensInternal(replaced.InternalTokens[0]));
        Assert.False(replaced.OpensInternal(old.InternalTokens[0]));
    }

    [Fact]
    public void A_key_before_that_cannot_be_used_is_a_fault_that_names_its_variable()
    {
        var faults = new List<string>();
        MasterKey.Read(Text, faults, "short");

        Assert.StartsWith("LLM_PLATFORM_MASTER_KEY_PREVIOUS is too short", Assert.Single(faults));
    }

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
