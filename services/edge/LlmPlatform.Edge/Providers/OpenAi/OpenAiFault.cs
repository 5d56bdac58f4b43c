using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// Reads what OpenAI, and all that are compatible with it, say when they refuse: by their code where they have one, by
/// a known sentence where they have none, by the status otherwise.
/// </summary>
internal static class OpenAiFault
{
    /// <summary>Reads a refusal, with its headers.</summary>
    public static ProviderFault Read(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        Read(status, body) with { RetryAfter = RetryAfterOf(headers) };

    /// <summary>Reads an error body or an error event.</summary>
    /// <param name="status">The HTTP status; 200 for an error inside a stream.</param>
    /// <param name="body">May be anything: a page of a proxy, nothing at all.</param>
    public static ProviderFault Read(int status, ReadOnlySpan<byte> body)
    {
        var said = OpenAiFaultWords.Read(body);
        return new ProviderFault(KindOf(status == 200 ? said.Status ?? 200 : status, said), said.Message)
        {
            Code = said.Code ?? said.Type,
            Param = said.Param,
        };
    }

    /// <summary>Whether an answer is an error under the status 200.</summary>
    public static bool IsError(JsonElement answer) =>
        (answer.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
        || (answer.TryGetProperty("object", out var kind)
            && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("error"u8));

    private static ProviderFaultKind KindOf(int status, OpenAiFaultWords said) =>
        KindOfCode(said.Code) ?? KindOfCode(said.InnerCode) ?? KindOfCode(said.Type)
        ?? (status is 200 or 400 or 403 or 413 or 422 or 429 or >= 500 ? KindOfSentence(said.Message) : null)
        ?? KindOfStatus(status, said.Type);

    private static ProviderFaultKind? KindOfCode(string? code) => code switch
    {
        "context_length_exceeded" or "model_max_prompt_tokens_exceeded" or "exceed_context_size_error" =>
            ProviderFaultKind.ContextLengthExceeded,
        "content_filter" or "content_policy_violation" or "moderation_blocked" or "ResponsibleAIPolicyViolation"
            or "data_inspection_failed" or "DataInspectionFailed" => ProviderFaultKind.ContentPolicy,
        "invalid_prompt" => ProviderFaultKind.InvalidRequest,
        "insufficient_quota" or "credit_balance_exhausted" or "billing_hard_limit_reached" or "billing_not_active"
            or "Arrearage" or "insufficient_balance" => ProviderFaultKind.QuotaExhausted,
        "rate_limit_exceeded" or "rate_limit_error" or "limit_requests" or "Throttling"
            or "Throttling.RateQuota" => ProviderFaultKind.RateLimited,
        "server_is_overloaded" or "slow_down" or "overloaded_error" or "overloaded" or "engine_overloaded" =>
            ProviderFaultKind.Overloaded,
        "invalid_api_key" or "InvalidApiKey" or "authentication_error" => ProviderFaultKind.Authentication,
        "unsupported_country_region_territory" or "permission_error" => ProviderFaultKind.Permission,
        "model_not_found" or "DeploymentNotFound" or "ModelNotFound" => ProviderFaultKind.NotFound,
        "request_too_large" => ProviderFaultKind.TooLarge,
        _ => null,
    };

    // Vendors without codes say it in words, each in their own: vLLM and DeepSeek, TGI, Mistral, DashScope, xAI,
    // llama.cpp, Groq; then what OpenAI and Azure say when their code is missing.
    private static ProviderFaultKind? KindOfSentence(string message)
    {
        ReadOnlySpan<string> tooLong =
        [
            "maximum context length", "context length exceeded", "exceeds the context window",
            "inputs` tokens + `max_new_tokens", "`inputs` must have less than", "too large for model with",
            "Range of input length should be", "maximum prompt length", "exceeds the available context size",
            "reduce the length of the messages", "longer than the model's context length",
        ];
        ReadOnlySpan<string> forbidden =
        [
            "content management policy", "inappropriate content", "violating our usage policy", "safety system",
            "requires moderation",
        ];
        return Holds(message, tooLong) ? ProviderFaultKind.ContextLengthExceeded
            : Holds(message, forbidden) ? ProviderFaultKind.ContentPolicy
            : Holds(message, ["exceeded your current quota", "Insufficient Balance"]) ? ProviderFaultKind.QuotaExhausted
            : Holds(message, ["is overloaded"]) ? ProviderFaultKind.Overloaded
            : null;
    }

    private static bool Holds(string message, ReadOnlySpan<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            if (message.Contains(sentence, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static ProviderFaultKind KindOfStatus(int status, string? type) => status switch
    {
        401 or 407 => ProviderFaultKind.Authentication,
        402 => ProviderFaultKind.QuotaExhausted,
        403 => ProviderFaultKind.Permission,
        404 or 405 => ProviderFaultKind.NotFound,
        408 or 504 => ProviderFaultKind.Timeout,
        413 => ProviderFaultKind.TooLarge,
        409 or 425 or 429 => ProviderFaultKind.RateLimited,
        503 or 529 => ProviderFaultKind.Overloaded,

        // TGI: it failed while it generated.
        424 => ProviderFaultKind.Server,
        >= 400 and < 500 => ProviderFaultKind.InvalidRequest,
        _ when type is "invalid_request_error" or "BadRequestError" => ProviderFaultKind.InvalidRequest,
        _ => ProviderFaultKind.Server,
    };

    private static TimeSpan? RetryAfterOf(HttpResponseHeaders headers)
    {
        if (headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.FirstOrDefault(), CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is > 0 and < 86_400_000)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return headers.RetryAfter?.Delta;
    }
}
