using System.Text.Json.Nodes;
using System.Text;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Money;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>A refusal in Anthropic's shape, with the platform's own code beside it.</summary>
public sealed class MessagesErrorsTests
{
    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(401, "authentication_error")]
    [InlineData(402, "billing_error")]
    [InlineData(403, "permission_error")]
    [InlineData(404, "not_found_error")]
    [InlineData(405, "invalid_request_error")]
    [InlineData(409, "conflict_error")]
    [InlineData(413, "request_too_large")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "api_error")]
    [InlineData(502, "api_error")]
    [InlineData(503, "overloaded_error")]
    [InlineData(504, "timeout_error")]
    [InlineData(529, "overloaded_error")]
    public void Each_status_has_the_type_that_Anthropic_has_for_it(int status, string type)
    {
        var body = Body(new GatewayError(status, "some_code", "server_error", "Do this.") { Param = "model" });

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(
            $$$"""
            {"type":"error","error":{"type":"{{{type}}}","message":"Do this.","code":"some_code","param":"model"},
             "request_id":"r1"}
            """), body), body.ToJsonString());
    }

    [Fact]
    public void What_a_refusal_knows_besides_is_said_too()
    {
        var refusal = new BudgetRefusal
        {
            BudgetId = "b",
            BudgetName = "b",
            Scope = "tenant:acme",
            PeriodId = "m:1970-01",
            Limit = 5 * NanoUsd.PerUsd,
            Spent = 3 * NanoUsd.PerUsd,
            Held = 2 * NanoUsd.PerUsd,
            ResetsAt = DateTimeOffset.UnixEpoch,
            HeldOnly = true,
        };
        var error = Body(GatewayError.BudgetExceeded(refusal, TimeSpan.Zero))["error"]!;

        Assert.Equal(
            ("billing_error", "budget_exceeded", "tenant:acme"),
            (error["type"]!.GetValue<string>(), error["code"]!.GetValue<string>(), error["scope"]!.GetValue<string>()));
        Assert.Equal("2", error["held_usd"]!.ToJsonString());
    }

    private static JsonNode Body(GatewayError error)
    {
        using var output = new PooledBuffer(64);
        MessagesErrors.WriteBody(error, "r1", output);
        return JsonNode.Parse(Encoding.UTF8.GetString(output.Span))!;
    }
}
