using System.Text;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>What Google says when it refuses is understood: whose fault it is, and when to come again.</summary>
public sealed class GeminiFaultTests
{
    [Fact]
    public void A_refusal_says_when_to_come_again_also_from_inside_an_array()
    {
        var fault = GeminiFault.Read(429, Encoding.UTF8.GetBytes(Heard.Fixture("rate-limited.json")));

        Assert.Equal((ProviderFaultKind.RateLimited, "RESOURCE_EXHAUSTED"), (fault.Kind, fault.Code));
        Assert.Equal(TimeSpan.FromSeconds(17), fault.RetryAfter);
        Assert.StartsWith("You exceeded your current quota", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", ProviderFaultKind.InvalidRequest)]
    [InlineData(400, "OUT_OF_RANGE", ProviderFaultKind.InvalidRequest)]
    [InlineData(400, "FAILED_PRECONDITION", ProviderFaultKind.Permission)]
    [InlineData(401, "UNAUTHENTICATED", ProviderFaultKind.Authentication)]
    [InlineData(403, "PERMISSION_DENIED", ProviderFaultKind.Permission)]
    [InlineData(404, "NOT_FOUND", ProviderFaultKind.NotFound)]
    [InlineData(429, "RESOURCE_EXHAUSTED", ProviderFaultKind.RateLimited)]
    [InlineData(499, "CANCELLED", ProviderFaultKind.Server)]
    [InlineData(500, "INTERNAL", ProviderFaultKind.Server)]
    [InlineData(503, "UNAVAILABLE", ProviderFaultKind.Overloaded)]
    [InlineData(504, "DEADLINE_EXCEEDED", ProviderFaultKind.Timeout)]
    [InlineData(413, "SOMETHING_NEW", ProviderFaultKind.TooLarge)]
    public void Every_status_of_Google_s_means_one_thing(int status, string name, object kind)
    {
        var body = $$$"""{"error":{"code":{{{status}}},"message":"m","status":"{{{name}}}"}}""";

        Assert.Equal(kind, GeminiFault.Read(status, Encoding.UTF8.GetBytes(body)).Kind);
        Assert.Equal(kind, GeminiFault.TryRead(200, Written.Json(body))!.Kind);
    }

    [Theory]
    [InlineData(400, ProviderFaultKind.InvalidRequest)]
    [InlineData(401, ProviderFaultKind.Authentication)]
    [InlineData(403, ProviderFaultKind.Permission)]
    [InlineData(404, ProviderFaultKind.NotFound)]
    [InlineData(429, ProviderFaultKind.RateLimited)]
    [InlineData(500, ProviderFaultKind.Server)]
    [InlineData(502, ProviderFaultKind.Server)]
    [InlineData(503, ProviderFaultKind.Overloaded)]
    public void A_page_of_something_in_between_is_judged_by_its_status(int status, object kind)
    {
        foreach (var body in (string[])["", "<html>", "[]", "null", """{"error":"no"}""", """{"error":{"code":"x"}}"""])
        {
            Assert.Equal(kind, GeminiFault.Read(status, Encoding.UTF8.GetBytes(body)).Kind);
        }
    }

    [Fact]
    public void A_bad_key_is_our_fault_although_it_is_called_a_bad_argument() => Assert.Equal(
        ProviderFaultKind.Authentication,
        Read(
            400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.",
            """{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}""").Kind);

    [Fact]
    public void A_prompt_that_is_too_long_is_told_from_other_bad_arguments() => Assert.Equal(
        ProviderFaultKind.ContextLengthExceeded,
        Read(
            400, "INVALID_ARGUMENT",
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).").Kind);

    [Fact]
    public void The_quota_of_a_day_is_not_there_again_in_a_moment() => Assert.Equal(
        ProviderFaultKind.QuotaExhausted,
        Read(
            429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.",
            """
            {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
            {"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"},
            {"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}
            """).Kind);

    [Fact]
    public void The_member_at_fault_is_named() => Assert.Equal(
        "generation_config.seed",
        Read(
            400, "INVALID_ARGUMENT", "Invalid value",
            """
            {"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[
            {"field":"generation_config.seed","description":"Invalid value"}]}
            """).Param);

    [Theory]
    [InlineData("17s", 17_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("0.001s", 1)]
    [InlineData("0s", 0)]
    [InlineData("-1s", null)]
    [InlineData("17", null)]
    [InlineData("s", null)]
    [InlineData("1e9s", null)]
    [InlineData("99999999999999999999999999999999s", null)]
    [InlineData("100000s", null)]
    [InlineData(null, null)]
    public void Lengths_of_time_are_seconds_within_reason(string? text, int? milliseconds) =>
        Assert.Equal(
            milliseconds is { } length ? TimeSpan.FromMilliseconds(length) : (TimeSpan?)null,
            GeminiFault.Duration(text));

    private static ProviderFault Read(int status, string name, string message, string detail = "{}") =>
        GeminiFault.Read(status, Encoding.UTF8.GetBytes(
            $$$"""
            {"error":{"code":{{{status}}},"message":"{{{message}}}","status":"{{{name}}}","details":[{{{detail}}}]}}
            """));
}
