using System.Text;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>
/// The vectors are those AWS publishes for Signature Version 4 (aws-c-auth, aws-signing-test-suite/v4).
/// </summary>
public sealed class AwsSignatureTests
{
    private const string Session = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";

    private static readonly DateTimeOffset Time = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("GET", "/ሴ", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("GET", "/example space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    public void The_published_vectors_of_paths_are_met(string method, string path, string signature)
    {
        var authorization = Signature().Authorize(
            method, path, [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")], [], Time);

        Assert.Equal(
            "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            + $"SignedHeaders=host;x-amz-date, Signature={signature}",
            authorization);
    }

    [Fact]
    public void The_published_vector_of_spaces_in_headers_is_met()
    {
        (string, string)[] headers =
        [
            ("host", "example.amazonaws.com"), ("my-header1", " value1"), ("my-header2", " \"a   b   c\""),
            ("x-amz-date", "20150830T123600Z"),
        ];

        var authorization = Signature().Authorize("GET", "/", headers, [], Time);

        Assert.EndsWith(
            "Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736", authorization,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_vector_of_a_body_is_met()
    {
        (string, string)[] headers =
        [
            ("content-length", "13"), ("content-type", "application/x-www-form-urlencoded"),
            ("host", "example.amazonaws.com"),
            ("x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"),
            ("x-amz-date", "20150830T123600Z"),
        ];

        var authorization = Signature().Authorize("POST", "/", headers, "Param1=value1"u8, Time);

        Assert.EndsWith(
            "Signature=d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b", authorization,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_vector_of_a_session_is_met_by_a_whole_request()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://example.amazonaws.com/");

        Signature(Session).Sign(request, []);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            + "SignedHeaders=host;x-amz-date;x-amz-security-token, "
            + "Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
            request.Headers.Authorization?.ToString());
        Assert.Equal(["20150830T123600Z"], request.Headers.GetValues("X-Amz-Date"));
        Assert.Equal([Session], request.Headers.GetValues("X-Amz-Security-Token"));
    }

    [Fact]
    public void A_content_type_and_a_port_of_its_own_are_signed()
    {
        using var plain = Post("http://127.0.0.1:8080/model");
        using var elsewhere = Post("http://127.0.0.1:8081/model");
        using var otherType = Post("http://127.0.0.1:8080/model");
        otherType.Content!.Headers.ContentType = new("text/plain");

        var signatures = new[] { plain, elsewhere, otherType }.Select(request =>
        {
            Signature().Sign(request, "{}"u8);
            return request.Headers.Authorization!.ToString();
        });

        Assert.Equal(3, signatures.Distinct().Count());
        Assert.Contains("SignedHeaders=content-type;host;x-amz-date,", signatures.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_encoded_already_is_signed_as_it_is_sent()
    {
        // By the rule of all services but S3 the canonical path of %3A is %253A: signing the decoded path is another
        // signature, which AWS would refuse.
        var sent = Signature().Authorize("POST", "/model/m%3A0/converse", [("host", "h")], [], Time);
        var decoded = Signature().Authorize("POST", "/model/m:0/converse", [("host", "h")], [], Time);

        Assert.NotEqual(sent, decoded);
    }

    [Fact]
    public void After_midnight_another_key_signs()
    {
        var clock = new ManualTimeProvider(Time);
        var signature = new AwsSignature(Keys(null), "us-east-1", "service", clock);
        using var before = Post("https://example.amazonaws.com/");
        using var after = Post("https://example.amazonaws.com/");

        signature.Sign(before, "{}"u8);
        clock.Advance(TimeSpan.FromDays(1));
        signature.Sign(after, "{}"u8);

        using var fresh = Post("https://example.amazonaws.com/");
        new AwsSignature(Keys(null), "us-east-1", "service", clock).Sign(fresh, "{}"u8);
        Assert.Contains("/20150831/", after.Headers.Authorization!.Parameter, StringComparison.Ordinal);
        Assert.Equal(fresh.Headers.Authorization, after.Headers.Authorization);
        Assert.NotEqual(before.Headers.Authorization, after.Headers.Authorization);
    }

    private static HttpRequestMessage Post(string address) =>
        new(HttpMethod.Post, address) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };

    private static AwsSignature Signature(string? session = null) =>
        new(Keys(session), "us-east-1", "service", new ManualTimeProvider(Time));

    private static AwsKeys Keys(string? session) => new()
    {
        AccessKeyId = "AKIDEXAMPLE",
        SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        SessionToken = session,
    };
}
