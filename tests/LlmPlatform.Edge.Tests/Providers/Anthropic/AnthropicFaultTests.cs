using System.Text;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>What a refusal of Anthropic's means: whether the caller, or we, or time can mend it.</summary>
public sealed class AnthropicFaultTests
{
    [Theory]
    [InlineData(400, "invalid_request_error", "max_tokens: no", nameof(ProviderFaultKind.InvalidRequest))]
    [InlineData(401, "authentication_error", "invalid x-api-key", nameof(ProviderFaultKind.Authentication))]
    [InlineData(402, "billing_error", "no", nameof(ProviderFaultKind.QuotaExhausted))]
    [InlineData(403, "permission_error", "no", nameof(ProviderFaultKind.Permission))]
    [InlineData(404, "not_found_error", "model: claude-x", nameof(ProviderFaultKind.NotFound))]
    [InlineData(409, "conflict_error", "no", nameof(ProviderFaultKind.RateLimited))]
    [InlineData(413, "request_too_large", "Request exceeds the maximum size", nameof(ProviderFaultKind.TooLarge))]
    [InlineData(429, "rate_limit_error", "too many", nameof(ProviderFaultKind.RateLimited))]
    [InlineData(500, "api_error", "Internal server error", nameof(ProviderFaultKind.Server))]
    [InlineData(504, "timeout_error", "no", nameof(ProviderFaultKind.Timeout))]
    [InlineData(529, "overloaded_error", "Overloaded", nameof(ProviderFaultKind.Overloaded))]
    [InlineData(200, "overloaded_error", "Overloaded", nameof(ProviderFaultKind.Overloaded))]
    [InlineData(
        400, "invalid_request_error", "prompt is too long: 215432 tokens > 200000 maximum",
        nameof(ProviderFaultKind.ContextLengthExceeded))]
    [InlineData(
        400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        nameof(ProviderFaultKind.ContextLengthExceeded))]
    [InlineData(
        400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.",
        nameof(ProviderFaultKind.QuotaExhausted))]
    [InlineData(
        400, "invalid_request_error", "You have reached your specified API usage limits.",
        nameof(ProviderFaultKind.QuotaExhausted))]
    [InlineData(
        400, "invalid_request_error", "Output blocked by content filtering policy",
        nameof(ProviderFaultKind.ContentPolicy))]
    public void Each_type_has_its_meaning_and_some_words_have_one_too(
        int status, string type, string message, string kind)
    {
        var fault = Read(
            status, $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"}}""");

        Assert.Equal(kind, fault.Kind.ToString());
        Assert.Equal((message, type), (fault.Message, fault.Code));
    }

    [Fact]
    public void A_monthly_limit_that_is_used_up_is_not_waited_for()
    {
        var fault = Read(
            429,
            """
            {"type":"error","error":{"type":"rate_limit_error","message":"You have reached your API usage limits",
             "details":{"error_code":"enforced_spend_limit_reached"}},"request_id":"req_1"}
            """);

        Assert.Equal(ProviderFaultKind.QuotaExhausted, fault.Kind);
        Assert.Equal("enforced_spend_limit_reached", fault.Code);
    }

    [Theory]
    [InlineData(429, "contract_spend_limit_reached", nameof(ProviderFaultKind.QuotaExhausted))]
    [InlineData(400, "organization_on_hold", nameof(ProviderFaultKind.Permission))]
    [InlineData(400, "cmek_key_disabled", nameof(ProviderFaultKind.Permission))]
    public void What_is_wrong_with_our_account_is_not_the_callers_fault(int status, string code, string kind)
    {
        const string head = """{"error":{"type":"invalid_request_error","message":"no","details":{"error_code":""";
        var body = head + "\"" + code + "\"}}}";

        var fault = AnthropicFault.Read(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal(kind, fault.Kind.ToString());
        Assert.False(fault.IsOfRequest);
    }

    [Theory]
    [InlineData(502, "<html>bad gateway</html>", nameof(ProviderFaultKind.Server))]
    [InlineData(503, "", nameof(ProviderFaultKind.Overloaded))]
    [InlineData(401, "[]", nameof(ProviderFaultKind.Authentication))]
    [InlineData(400, """{"error":"text"}""", nameof(ProviderFaultKind.InvalidRequest))]
    [InlineData(422, """{"error":{"message":"\ud800"}}""", nameof(ProviderFaultKind.InvalidRequest))]
    public void What_is_no_error_object_is_judged_by_its_status(int status, string body, string kind)
    {
        var fault = Read(status, body);

        Assert.Equal(kind, fault.Kind.ToString());
        Assert.Equal("", fault.Message);
    }

    private static ProviderFault Read(int status, string body) =>
        AnthropicFault.Read(status, Encoding.UTF8.GetBytes(body));
}
