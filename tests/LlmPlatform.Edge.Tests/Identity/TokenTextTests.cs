using System.Text;
using LlmPlatform.Edge.Identity.Tokens;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>The examples of RFC 7515, which others have made.</summary>
public sealed class TokenTextTests
{
    private const string Shared =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    private const string Claims =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    [Theory]
    [InlineData(
        """{"kty":"oct","k":""" + "\"" + Shared + "\"}",
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + Claims + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    [InlineData(
        """
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
        """,
        "eyJhbGciOiJFUzI1NiJ9." + Claims + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgf"
        + "TjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")]
    public void An_example_of_the_standard_is_signed_by_its_key(string key, string text)
    {
        var keys = SigningKeySet.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{{key}}]}"""), 10);

        Assert.True(TokenText.TryRead(text, out var token));
        Assert.Equal("joe", token.Issuer);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1300819380), token.Moment("exp"));
        Assert.True(token.IsSignedBy(keys.Find(token.KeyId, token.Algorithm)!));
    }

    [Theory]
    [InlineData("""{"kty":"RSA","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"oct","k":"c2hvcnQ"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}""")]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"AQAB","y":"AQAB"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AQAB"}""")]
    [InlineData("""{"kty":"oct","use":"enc","k":""" + "\"" + Shared + "\"}")]
    [InlineData("""{"kty":"oct","alg":"RS256","k":""" + "\"" + Shared + "\"}")]
    [InlineData("""{"n":1,"kty":2}""")]
    [InlineData("7")]
    public void A_key_that_is_weak_unknown_or_for_something_else_is_left_out(string key) =>
        Assert.Equal(0, SigningKeySet.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{{key}}]}"""), 10).Count);

    [Fact]
    public void No_more_keys_are_taken_than_may_be()
    {
        const string key = """{"kty":"oct","k":""" + "\"" + Shared + "\"}";
        var many = string.Join(',', Enumerable.Repeat(key, 50));

        Assert.Equal(7, SigningKeySet.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{{many}}]}"""), 7).Count);
    }
}
