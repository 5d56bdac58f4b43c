using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Hosting.Security;

namespace LlmPlatform.Hosting.Tests.Security;

public class CredentialCipherTests
{
    private const string Secret = "sk-provider-credential-忽略";
    private const string Owner = "provider:openai";

    private readonly CredentialCipher _cipher = WithKey(1);

    [Theory]
    [InlineData(Secret)]
    [InlineData("")]
    public void What_was_encrypted_comes_back(string secret) =>
        Assert.Equal(secret, WithKey(1).Decrypt(_cipher.Encrypt(secret, Owner), Owner));

    [Fact]
    public void A_credential_written_by_another_version_still_opens() =>
        Assert.Equal(
            "sk-old", _cipher.Decrypt("v1.AAECAwQFBgcICQoLyM24SUyabkCTD+5Bio8k07XzW6SxfQ==", Owner));

    [Fact]
    public void Nothing_of_the_secret_is_seen_and_no_two_encryptions_are_alike()
    {
        var texts = Enumerable.Range(0, 100).Select(_ => _cipher.Encrypt(Secret, Owner)).ToList();

        Assert.Equal(100, texts.Distinct().Count());
        Assert.All(texts, text =>
        {
            var bytes = Convert.FromBase64String(text["v1.".Length..]);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("provider"u8));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("openai")));
        });
    }

    [Fact]
    public void A_credential_opens_only_for_its_owner_and_its_key()
    {
        var text = _cipher.Encrypt(Secret, Owner);

        Assert.ThrowsAny<CryptographicException>(() => _cipher.Decrypt(text, "provider:azure"));
        Assert.ThrowsAny<CryptographicException>(() => WithKey(2).Decrypt(text, Owner));
    }

    [Fact]
    public void While_the_key_is_replaced_what_the_one_before_encrypted_opens_and_is_known_to_be_of_it()
    {
        var replacing = WithKey(2, before: 1);
        var (old, fresh) = (_cipher.Encrypt(Secret, Owner), replacing.Encrypt(Secret, Owner));

        Assert.Equal(Secret, replacing.Decrypt(old, Owner));
        Assert.False(replacing.IsCurrent(old, Owner));
        Assert.True(replacing.IsCurrent(fresh, Owner));
        Assert.False(replacing.IsCurrent(fresh, "provider:azure"));
        Assert.Equal(Secret, WithKey(2).Decrypt(fresh, Owner));
        Assert.ThrowsAny<CryptographicException>(() => _cipher.Decrypt(fresh, Owner));
        Assert.ThrowsAny<CryptographicException>(() => replacing.Decrypt(WithKey(3).Encrypt(Secret, Owner), Owner));
    }

    [Fact]
    public void A_key_before_of_another_length_is_a_fault_that_names_its_variable()
    {
        var faults = new List<string>();

        Assert.Null(CredentialCipher.Read(Convert.ToBase64String(new byte[32]), faults, "AAAA"));
        Assert.StartsWith("LLM_PLATFORM_ENCRYPTION_KEY_PREVIOUS is malformed", Assert.Single(faults));
    }

    [Fact]
    public void A_credential_that_was_cut_or_changed_anywhere_does_not_open()
    {
        var text = _cipher.Encrypt(Secret, Owner);
        for (var length = 0; length < text.Length; length++)
            Assert.ThrowsAny<CryptographicException>(() => _cipher.Decrypt(text[..length], Owner));

        var bytes = Convert.FromBase64String(text["v1.".Length..]);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(
                () => _cipher.Decrypt("v1." + Convert.ToBase64String(bytes), Owner));
            bytes[i] ^= 1;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-plain-text")]
    [InlineData("v1.")]
    [InlineData("v1.not base64!")]
    [InlineData("v2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_cipher_text_is_refused_as_such(string text)
    {
        var fault = Assert.ThrowsAny<CryptographicException>(() => _cipher.Decrypt(text, Owner));

        Assert.DoesNotContain("plain", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_key_of_another_length_is_a_fault(string? value)
    {
        var faults = new List<string>();

        Assert.Null(CredentialCipher.Read(value, faults));
        Assert.Single(faults);
    }

    private static CredentialCipher WithKey(byte filler, byte? before = null)
    {
        var faults = new List<string>();
        var cipher = CredentialCipher.Read(KeyOf(filler) + "\n", faults, before is { } last ? KeyOf(last) : null);
        Assert.Empty(faults);
        return cipher!;
    }

    private static string KeyOf(byte filler) => Convert.ToBase64String(Enumerable.Repeat(filler, 32).ToArray());
}
