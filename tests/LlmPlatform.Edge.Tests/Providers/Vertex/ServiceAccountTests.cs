using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Edge.Providers.Vertex;

namespace LlmPlatform.Edge.Tests.Providers.Vertex;

/// <summary>A key file is taken, or refused with what is wrong with it and nothing of it.</summary>
public sealed class ServiceAccountTests
{
    [Fact]
    public void A_key_file_as_Google_gives_it_out_is_taken()
    {
        var isRead = ServiceAccount.TryRead(KeyFile(PrivateKey()), out var account, out var fault);

        using (account)
        {
            Assert.True(isRead, fault);
            Assert.Equal(new Uri("https://oauth2.googleapis.com/token"), account!.TokenAddress);
        }
    }

    [Theory]
    [InlineData("AIzaSyNotAKeyFile", "it is not the JSON object of a service account's key file")]
    [InlineData("[1]", "it is not the JSON object of a service account's key file")]
    [InlineData("""{"type":"authorized_user","client_email":"a@b"}""",
        "it is a credential of another type than service_account")]
    [InlineData("""{"private_key":"k","token_uri":"https://x.invalid/"}""", "it has no client_email")]
    [InlineData("""{"client_email":"a@b","token_uri":"https://x.invalid/"}""", "it has no private_key")]
    [InlineData("""{"client_email":"a@b","private_key":"k"}""", "it has no token_uri")]
    [InlineData("""{"client_email":"a@b","private_key":"k","token_uri":"http://x.invalid/"}""",
        "its token_uri is not an https address")]
    [InlineData("""{"client_email":"a@b","private_key":"k","token_uri":"file:///etc/passwd"}""",
        "its token_uri is not an https address")]
    [InlineData("""{"client_email":"a@b","private_key":"sesame","token_uri":"https://x.invalid/"}""",
        "its private_key is not an RSA private key in PEM")]
    public void What_is_wrong_with_a_key_file_is_said_in_a_sentence(string keyFile, string sentence)
    {
        Assert.False(ServiceAccount.TryRead(keyFile, out var account, out var fault));

        Assert.Equal((null, sentence), (account, fault));
    }

    [Fact]
    public void A_public_key_is_no_private_key()
    {
        using var key = RSA.Create(2048);

        Assert.False(ServiceAccount.TryRead(KeyFile(key.ExportSubjectPublicKeyInfoPem()), out _, out var fault));

        Assert.Equal("its private_key is not an RSA private key in PEM", fault);
    }

    private static string PrivateKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string KeyFile(string privateKey) => JsonSerializer.Serialize(new
    {
        type = "service_account",
        private_key = privateKey,
        client_email = "edge@a-project.iam.gserviceaccount.com",
        token_uri = "https://oauth2.googleapis.com/token",
    });
}
