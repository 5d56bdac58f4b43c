using System.Text;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.OpenAi;

/// <summary>What is wrong is known from the code, the sentence or the status, whoever says it.</summary>
public sealed class OpenAiFaultTests
{
    [Theory]
    [InlineData(400, "context_length_exceeded", ProviderFaultKind.ContextLengthExceeded)]
    [InlineData(400, "content_filter", ProviderFaultKind.ContentPolicy)]
    [InlineData(400, "unsupported_parameter", ProviderFaultKind.InvalidRequest)]
    [InlineData(401, "invalid_api_key", ProviderFaultKind.Authentication)]
    [InlineData(403, "unsupported_country_region_territory", ProviderFaultKind.Permission)]
    [InlineData(404, "model_not_found", ProviderFaultKind.NotFound)]
    [InlineData(429, "insufficient_quota", ProviderFaultKind.QuotaExhausted)]
    [InlineData(429, "rate_limit_exceeded", ProviderFaultKind.RateLimited)]
    [InlineData(429, "credit_balance_exhausted", ProviderFaultKind.QuotaExhausted)]
    [InlineData(503, "slow_down", ProviderFaultKind.Overloaded)]
    [InlineData(503, "server_is_overloaded", ProviderFaultKind.Overloaded)]
    public void A_code_says_what_is_wrong(int status, string code, object kind)
    {
        var fault = Read(
            status, $$$"""{"error":{"code":"{{{code}}}","param":"n","type":"t","message":"It is so."}}""");

        Assert.Equal(
            new ProviderFault((ProviderFaultKind)kind, "It is so.") { Code = code, Param = "n" }, fault);
    }

    [Theory]
    [InlineData(400, ProviderFaultKind.InvalidRequest)]
    [InlineData(401, ProviderFaultKind.Authentication)]
    [InlineData(402, ProviderFaultKind.QuotaExhausted)]
    [InlineData(403, ProviderFaultKind.Permission)]
    [InlineData(404, ProviderFaultKind.NotFound)]
    [InlineData(408, ProviderFaultKind.Timeout)]
    [InlineData(413, ProviderFaultKind.TooLarge)]
    [InlineData(422, ProviderFaultKind.InvalidRequest)]
    [InlineData(424, ProviderFaultKind.Server)]
    [InlineData(429, ProviderFaultKind.RateLimited)]
    [InlineData(500, ProviderFaultKind.Server)]
    [InlineData(502, ProviderFaultKind.Server)]
    [InlineData(503, ProviderFaultKind.Overloaded)]
    [InlineData(504, ProviderFaultKind.Timeout)]
    [InlineData(529, ProviderFaultKind.Overloaded)]
    public void A_page_or_nothing_at_all_says_no_more_than_its_status(int status, object kind)
    {
        foreach (var body in (string[])["<html><body>Bad Gateway</body></html>", "", "{", "[]", "7", "{\"x\":1}"])
        {
            Assert.Equal(new ProviderFault((ProviderFaultKind)kind, ""), Read(status, body));
        }
    }

    [Theory]
    [InlineData(400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.")]
    [InlineData(422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000")]
    [InlineData(400, "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum")]
    [InlineData(400, "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]")]
    [InlineData(400, "This model's maximum prompt length is 131072 but the request contains 140000 tokens.")]
    [InlineData(400, "the request exceeds the available context size. try increasing the context size")]
    [InlineData(400, "Your input exceeds the context window of this model. Please adjust your input and try again.")]
    public void A_prompt_that_is_too_long_is_known_by_the_vendors_own_sentence(int status, string sentence)
    {
        Assert.Equal(
            ProviderFaultKind.ContextLengthExceeded,
            Read(status, $$$"""{"error":{"message":"{{{sentence}}}","type":"invalid_request_error"}}""").Kind);
    }

    [Theory]
    [InlineData("""{"error":"model 'llama9' not found, try pulling it first"}""", "model 'llama9' not found")]
    [InlineData("""{"error":"Model is overloaded","error_type":"overloaded"}""", "Model is overloaded")]
    [InlineData("""{"object":"error","message":"n must be 1","type":"BadRequestError","code":400}""", "n must be 1")]
    [InlineData("""{"detail":"Unauthorized"}""", "Unauthorized")]
    [InlineData(
        """{"object":"error","message":{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}}""",
        "body.seed: Extra inputs are not permitted")]
    [InlineData("""[{"error":{"code":400,"message":"Invalid value","status":"INVALID_ARGUMENT"}}]""", "Invalid value")]
    [InlineData("""{"type":"error","code":"x","message":"It broke."}""", "It broke.")]
    [InlineData("""{"response":{"error":{"code":"server_error","message":"It broke."}}}""", "It broke.")]
    public void The_sentence_is_found_wherever_a_server_puts_it(string body, string sentence) =>
        Assert.StartsWith(sentence, Read(400, body).Message, StringComparison.Ordinal);

    [Fact]
    public void Azures_filter_is_known_by_its_inner_code()
    {
        var fault = Read(400,
            """
            {"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"BadRequest",
            "status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{}}}}
            """);

        Assert.Equal(ProviderFaultKind.ContentPolicy, fault.Kind);
        Assert.Equal(("BadRequest", "prompt"), (fault.Code, fault.Param));
    }

    [Theory]
    [InlineData("""{"error":{"code":429,"message":"Rate limited"}}""", ProviderFaultKind.RateLimited)]
    [InlineData("""{"error":{"code":"503","message":"No provider"}}""", ProviderFaultKind.Overloaded)]
    [InlineData("""{"object":"error","message":"too big","code":413}""", ProviderFaultKind.TooLarge)]
    [InlineData("""{"error":{"type":"invalid_request_error","message":"no"}}""", ProviderFaultKind.InvalidRequest)]
    [InlineData("""{"error":{"message":"?"}}""", ProviderFaultKind.Server)]
    public void Inside_a_stream_a_number_in_the_place_of_the_code_is_the_status(string body, object kind) =>
        Assert.Equal((ProviderFaultKind)kind, Read(200, body).Kind);

    [Fact]
    public void The_wait_is_read_to_the_millisecond_where_it_is_said_so()
    {
        using var exact = new HttpResponseMessage();
        exact.Headers.TryAddWithoutValidation("retry-after-ms", "1250");
        exact.Headers.TryAddWithoutValidation("retry-after", "2");
        using var rough = new HttpResponseMessage();
        rough.Headers.TryAddWithoutValidation("retry-after", "2");

        Assert.Equal(TimeSpan.FromMilliseconds(1250), OpenAiFault.Read(429, exact.Headers, "{}"u8).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(2), OpenAiFault.Read(429, rough.Headers, "{}"u8).RetryAfter);
    }

    [Fact]
    public void An_endless_sentence_is_cut()
    {
        var (sentence, code) = (new string('x', 100_000), new string('y', 999));
        var fault = Read(400, $$$"""{"error":{"message":"{{{sentence}}}","code":"{{{code}}}"}}""");

        Assert.Equal(2000, fault.Message.Length);
        Assert.Null(fault.Code);
    }

    private static ProviderFault Read(int status, string body) =>
        OpenAiFault.Read(status, Encoding.UTF8.GetBytes(body));
}
