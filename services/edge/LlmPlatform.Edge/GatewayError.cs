using System.Globalization;
using System.Text.Json;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Money;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge;

/// <summary>
/// A refusal a caller can meet: a stable code, a status, and a sentence that says what to do. A value, not an
/// exception; one writer turns it into the caller's protocol, before or inside a stream.
/// </summary>
internal sealed record GatewayError(int Status, string Code, string Type, string Message)
{
    /// <summary>The request member at fault, when one is.</summary>
    public string? Param { get; init; }

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The scope that refused, for example <c>tenant:acme</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>The limit that was met, in its own unit.</summary>
    public string? Limit { get; init; }

    /// <summary>When the limit admits again.</summary>
    public DateTimeOffset? ResetAt { get; init; }

    /// <summary>Which figure of a rate limit was met, for example <c>requests_per_minute</c>.</summary>
    public string? LimitKind { get; init; }

    /// <summary>Held by open calls, when only they stand in the way.</summary>
    public decimal? HeldUsd { get; init; }

    /// <summary>The same in a budget of tokens.</summary>
    public long? HeldTokens { get; init; }

    private const string InvalidRequestType = "invalid_request_error";
    private const string ServerErrorType = "server_error";

    public static GatewayError InvalidApiKey(string message) =>
        new(401, "invalid_api_key", "authentication_error", message);

    public static GatewayError InvalidRequest(string message, string? param = null) =>
        new(400, "invalid_request", InvalidRequestType, message) { Param = param };

    public static GatewayError RequestTooLarge(long limitBytes) =>
        new(413, "request_too_large", InvalidRequestType, string.Create(
            CultureInfo.InvariantCulture, $"The request body is larger than {limitBytes} bytes."));

    public static GatewayError NotFound(string path) =>
        new(404, "not_found", InvalidRequestType, $"There is nothing at {path}.");

    public static GatewayError MethodNotAllowed(string method, string path, string allowed) =>
        new(405, "method_not_allowed", InvalidRequestType, $"{path} takes {allowed}, not {method}.");

    public static GatewayError NotServed(string model, string route) =>
        new(400, "invalid_request", InvalidRequestType,
            $"The provider of '{model}' does not serve {route}. Choose another model or another API.")
        {
            Param = "model",
        };

    /// <summary>
    /// What a provider says of the caller's own request, in the provider's words where they may be seen.
    /// </summary>
    public static GatewayError OfRequest(ProviderFault fault, string model, bool mayShow)
    {
        var message = mayShow && fault.Message.Length > 0
            ? fault.Message
            : $"The provider of '{model}' refused this request.";
        return fault.Kind switch
        {
            ProviderFaultKind.ContextLengthExceeded =>
                new GatewayError(400, "context_length_exceeded", InvalidRequestType, message) { Param = fault.Param },
            ProviderFaultKind.ContentPolicy =>
                new GatewayError(400, "content_policy_violation", InvalidRequestType, message) { Param = fault.Param },
            ProviderFaultKind.TooLarge =>
                new GatewayError(413, "request_too_large", InvalidRequestType, message) { Param = fault.Param },
            _ => new GatewayError(400, "invalid_request", InvalidRequestType, message) { Param = fault.Param },
        };
    }

    /// <summary>What a caller is told when no provider has served: null when none could be tried.</summary>
    public static GatewayError Unserved(UpstreamError? error, string model) => error switch
    {
        null or { Stage: UpstreamStage.Connect } or { Status: 429 or 503 or 529 }
            or { Fault.Kind: ProviderFaultKind.RateLimited or ProviderFaultKind.Overloaded } =>
            UpstreamUnavailable(model, error?.RetryAfter),
        { Cause: UpstreamCause.Timeout } => UpstreamTimeout(model),
        _ => UpstreamFailed(model),
    };

    /// <summary>What a caller is told of a provider's fault in the middle of a stream: none of its words.</summary>
    public static GatewayError Of(ProviderFault fault, string model) => fault.Kind switch
    {
        _ when fault.IsOfRequest => OfRequest(fault, model, mayShow: false),
        ProviderFaultKind.RateLimited or ProviderFaultKind.Overloaded => UpstreamUnavailable(model, fault.RetryAfter),
        ProviderFaultKind.Timeout => UpstreamTimeout(model),
        _ => UpstreamFailed(model),
    };

    /// <summary>
    /// Nobody knows it, it is too old, or it is another tenant's, which is no different to who asks.
    /// </summary>
    public static GatewayError PreviousResponseNotFound(string id) =>
        new(400, "previous_response_not_found", InvalidRequestType, $"Previous response with id '{id}' not found.")
        {
            Param = "previous_response_id",
        };

    public static GatewayError PreviousResponseNotKept(string id) => PreviousResponseNotFound(id) with
    {
        Message = $"Previous response with id '{id}' not found: its provider keeps no responses. "
            + "Send the earlier items in 'input' instead.",
    };

    public static GatewayError PreviousResponseElsewhere(string id, string model) => PreviousResponseNotFound(id) with
    {
        Message = $"Previous response with id '{id}' is kept by a provider that does not serve '{model}'. "
            + "Continue it with a model of the same provider, or send the earlier items in 'input' instead.",
    };

    public static GatewayError ResponsesUnavailable() =>
        new(503, "responses_unavailable", ServerErrorType,
            "Where responses are kept cannot be looked up right now. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError ResponseNotFound(string id) =>
        new(404, "not_found", InvalidRequestType, $"Response with id '{id}' not found.") { Param = "id" };

    public static GatewayError ModelNotFound(string model) =>
        new(404, "model_not_found", InvalidRequestType,
            $"There is no model '{model}'. GET /v1/models lists those you may use.")
        { Param = "model" };

    /// <summary>What a call needs and no deployment it may go to can.</summary>
    public static GatewayError NobodyCan(string model, CandidateLack lack) => lack switch
    {
        CandidateLack.Tools => InvalidRequest(
            $"The model '{model}' takes no tools: leave them out, or ask for a model that takes them.", "tools"),
        CandidateLack.Vision => InvalidRequest(
            $"The model '{model}' sees no pictures: leave them out, or ask for a model that sees them.", "messages"),
        CandidateLack.MaxOutput => InvalidRequest(
            $"The model '{model}' makes no answer as long as was asked for: lower the bound on its tokens.",
            "max_tokens"),
        _ => new GatewayError(400, "context_length_exceeded", InvalidRequestType,
            $"The prompt is longer than the context window of the model '{model}': shorten it, or ask for a model "
            + "that holds more."),
    };

    public static GatewayError RouteRefused(string message) =>
        new(403, "route_refused", "permission_error", message);

    public static GatewayError RuleLeavesNothing(string model, int rule) =>
        new(503, "upstream_unavailable", ServerErrorType,
            $"Routing rule {rule} leaves no deployment for '{model}'. Ask your platform team to mend it.");

    public static GatewayError CircuitOpen(string model, TimeSpan retryAfter) =>
        new(503, "circuit_open", ServerErrorType,
            $"Every deployment of '{model}' failed too often of late and is left alone for a while.")
        {
            RetryAfter = retryAfter,
        };

    public static GatewayError ModelNotAllowed(string model, string keyName) =>
        new(403, "model_not_allowed", "permission_error",
            $"The key '{keyName}' may not use the model '{model}'.")
        { Param = "model" };

    public static GatewayError BudgetExceeded(BudgetRefusal refusal, TimeSpan wait)
    {
        var (budget, scope, tokens) = (refusal.BudgetName, refusal.Scope, refusal.CountsTokens);
        var amount = tokens
            ? refusal.Limit.ToString(CultureInfo.InvariantCulture)
            : NanoUsd.ToUsd(refusal.Limit).ToString("0.00####", CultureInfo.InvariantCulture);
        var shown = $"{amount} {(tokens ? "tokens" : "USD")}";
        var reset = refusal.ResetsAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var message = refusal.HeldOnly
            ? $"The budget '{budget}' of {scope} ({shown}) is fully held by open calls; try again in a moment."
            : $"The budget '{budget}' of {scope} ({shown}) cannot pay for this call. It opens again at {reset}.";
        return new GatewayError(402, "budget_exceeded", "insufficient_quota", message)
        {
            Scope = scope,
            Limit = amount,
            ResetAt = refusal.ResetsAt,
            HeldUsd = refusal.HeldOnly && !tokens ? NanoUsd.ToUsd(refusal.Held) : null,
            HeldTokens = refusal.HeldOnly && tokens ? refusal.Held : null,
            RetryAfter = refusal.HeldOnly ? TimeSpan.FromSeconds(1) : wait,
        };
    }

    /// <summary>Ends a stream that began within its budget.</summary>
    public static GatewayError BudgetEnded(BudgetRefusal refusal, TimeSpan wait)
    {
        var refused = BudgetExceeded(refusal, wait);
        var unit = refusal.CountsTokens ? "tokens" : "USD";
        return refused with
        {
            Message = $"The budget '{refusal.BudgetName}' of {refusal.Scope} ({refused.Limit} {unit}) has nothing left "
                + "for more of this answer: it ends here.",
        };
    }

    public static GatewayError TooManyStreams(string keyName, int limit) =>
        new(429, "rate_limit_exceeded", "rate_limit_error", string.Create(
            CultureInfo.InvariantCulture,
            $"The API key '{keyName}' has {limit} streams open, as many as it may. Try again when one has ended."))
        {
            Scope = $"key:{keyName}",
            Limit = limit.ToString(CultureInfo.InvariantCulture),
            LimitKind = "streams",
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError IdempotencyKeyInUse() =>
        new(409, "idempotency_key_in_use", InvalidRequestType,
            "A call with this idempotency key is still running. Its answer can be had when it has ended.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError IdempotencyKeyReused() =>
        new(400, "idempotency_key_reused", InvalidRequestType,
            "This idempotency key was used for another request. Make a new one for every new request.");

    public static GatewayError IdempotencyAnswerNotKept(int limitBytes) =>
        new(400, "idempotency_answer_not_kept", InvalidRequestType,
            "The call with this idempotency key was answered, and its answer was not kept: it has more than "
            + $"{limitBytes.ToString(CultureInfo.InvariantCulture)} bytes. To make the call again, use a new key.");

    public static GatewayError IdempotencyUnavailable() =>
        new(503, "idempotency_unavailable", ServerErrorType,
            "What is known of idempotency keys cannot be looked up right now. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError RateLimited(RateLimitRefusal refusal)
    {
        var limit = refusal.Limit.ToString(CultureInfo.InvariantCulture);
        var kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Kind.ToString());
        var seconds = Math.Ceiling(refusal.RetryAfter.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        return new GatewayError(429, refusal.IsQuota ? "quota_exceeded" : "rate_limit_exceeded", "rate_limit_error",
            $"{refusal.Scope} is limited to {limit} {kind.Replace('_', ' ')}. Try again in {seconds} s.")
        {
            Scope = refusal.Scope,
            Limit = limit,
            LimitKind = kind,
            RetryAfter = refusal.RetryAfter,
        };
    }

    public static GatewayError QuotaUnavailable() =>
        new(503, "quota_unavailable", ServerErrorType,
            "Limits and budgets cannot be checked right now, and this key has some. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError IdentityUnavailable() =>
        new(503, "identity_unavailable", ServerErrorType,
            "Who you are cannot be checked right now. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError TokenNotAllowed(string message) =>
        new(403, "token_not_allowed", "permission_error", message);

    public static GatewayError AccountingUnavailable(string message) =>
        new(503, "accounting_unavailable", ServerErrorType, message) { RetryAfter = TimeSpan.FromSeconds(5) };

    public static GatewayError NotReady() =>
        new(503, "upstream_unavailable", ServerErrorType,
            "The gateway has not learned its routes yet. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError UpstreamFailed(string model) =>
        new(502, "upstream_error", ServerErrorType, $"The provider of '{model}' failed to answer this call.");

    public static GatewayError UpstreamUnavailable(string model, TimeSpan? retryAfter) =>
        new(503, "upstream_unavailable", ServerErrorType,
            $"No provider of '{model}' can be reached or has capacity now.")
        {
            RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1),
        };

    public static GatewayError UpstreamTimeout(string model) =>
        new(504, "upstream_timeout", ServerErrorType, $"The provider of '{model}' did not answer in time.");

    /// <summary>
    /// Nobody reads it; it is what the records say of a call whose caller went away before an answer.
    /// </summary>
    public static GatewayError ClientDisconnected() =>
        new(499, "client_disconnected", InvalidRequestType, "The caller went away before the answer.");

    public static GatewayError Internal() =>
        new(500, "internal_error", ServerErrorType,
            "The gateway failed; the request id in X-Request-Id finds the cause.");

    /// <summary>Writes what a refusal knows beside its sentence, the same in every protocol.</summary>
    public void WriteDetails(Utf8JsonWriter json)
    {
        if (Scope is not null)
        {
            json.WriteString("scope", Scope);
            json.WriteString("limit", Limit);
        }

        if (ResetAt is { } resetAt)
        {
            json.WriteString("reset_at", resetAt);
        }

        if (HeldUsd is { } held)
        {
            json.WriteNumber("held_usd", held);
        }

        if (HeldTokens is { } tokens)
        {
            json.WriteNumber("held_tokens", tokens);
        }
    }
}
