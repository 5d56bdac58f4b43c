using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// A provider on a loopback port that speaks OpenAI chat completions, does what its script says, and keeps a ledger of
/// its own of every call.
/// </summary>
public sealed class FakeProvider : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ProviderScript> _scripts = new();
    private readonly ConcurrentQueue<Refusal> _refusals = new();
    private LoopbackServer? _server;
    private ProviderScript _script;
    private int _lastId;

    private FakeProvider(ProviderScript script) => _script = script;

    /// <summary>What to give as <c>base_url</c>: <c>http://127.0.0.1:port/v1</c>.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    public ProviderLedger Ledger { get; } = new();

    /// <summary>How calls that begin from now on are answered.</summary>
    public ProviderScript Script
    {
        get => Volatile.Read(ref _script);
        set => Volatile.Write(ref _script, value);
    }

    /// <summary>Whether <c>GET /models</c>, the usual health probe, answers 200 or 503.</summary>
    public bool Healthy { get; set; } = true;

    /// <summary>Starts a provider on a free port.</summary>
    public static async Task<FakeProvider> StartAsync(ProviderScript? script = null)
    {
        var provider = new FakeProvider(script ?? new ProviderScript());
        provider._server = await LoopbackServer.StartAsync(provider.HandleAsync);
        provider.BaseUrl = new Uri(provider._server.Address, "v1");
        return provider;
    }

    /// <summary>A script for one model, in place of <see cref="Script"/>.</summary>
    public void ScriptModel(string model, ProviderScript script) => _scripts[model] = script;

    /// <summary>Refuses the next calls, whichever they are, with an OpenAI error object.</summary>
    public void RefuseNext(int times, int status, TimeSpan? retryAfter = null)
    {
        for (var i = 0; i < times; i++)
            _refusals.Enqueue(new Refusal(status, retryAfter));
    }

    /// <summary>
    /// Closes the port and every open call: callers find nobody there until <see cref="ComeBackAsync"/>.
    /// </summary>
    public async Task GoAwayAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Listens again on the same port.</summary>
    public async Task ComeBackAsync() => _server = await LoopbackServer.StartAsync(HandleAsync, BaseUrl.Port);

    public async ValueTask DisposeAsync() => await GoAwayAsync();

    private Task HandleAsync(HttpContext http) => (http.Request.Method, http.Request.Path.Value) switch
    {
        ("GET", "/v1/models") => ListModelsAsync(http),
        ("POST", "/v1/chat/completions") => CompleteAsync(http),
        _ => WriteErrorAsync(http, StatusCodes.Status404NotFound, "unknown_url", $"No {http.Request.Path} here."),
    };

    private Task ListModelsAsync(HttpContext http) => Healthy
        ? http.Response.WriteAsJsonAsync(new { @object = "list", data = Array.Empty<object>() })
        : WriteErrorAsync(http, StatusCodes.Status503ServiceUnavailable, "server_is_overloaded", "Not well.");

    private async Task CompleteAsync(HttpContext http)
    {
        using var document = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
        var body = document.RootElement.Clone();
        var model = body.GetProperty("model").GetString()!;
        var script = _scripts.GetValueOrDefault(model, Script);
        var attempt = Open(http.Request, body, model);
        var index = Ledger.Add(attempt);
        http.Response.Headers["x-request-id"] = $"req_{attempt.Id}";
        var answer = new ChatCompletionAnswer(
            http, script, attempt, script.UsageOf?.Invoke(body) ?? script.Usage, change => Ledger.Change(index,
            change));
        try
        {
            if (_refusals.TryDequeue(out var refusal))
                await RefuseAsync(http, refusal, answer);
            else
                await answer.WriteAsync();
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            answer.End(AttemptOutcome.CallerLeft);
        }
    }

    private ProviderAttempt Open(HttpRequest request, JsonElement body, string model)
    {
        var number = Interlocked.Increment(ref _lastId);
        return new ProviderAttempt
        {
            Id = $"chatcmpl-{BaseUrl.Port}-{number.ToString("D8", CultureInfo.InvariantCulture)}",
            RequestId = request.Headers["X-Request-Id"],
            Attempt = request.Headers["X-Attempt"],
            IdempotencyKey = request.Headers["Idempotency-Key"],
            Authorization = request.Headers.Authorization,
            Model = model,
            Streamed = body.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True,
            Body = body,
        };
    }

    private static async Task RefuseAsync(HttpContext http, Refusal refusal, ChatCompletionAnswer answer)
    {
        // Before the bytes leave: who reads them may look at the ledger at once.
        answer.End(AttemptOutcome.Refused, refusal.Status);
        if (refusal.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter =
                Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var code = refusal.Status == StatusCodes.Status429TooManyRequests ? "rate_limit_exceeded" : "server_error";
        await WriteErrorAsync(http, refusal.Status, code, "Refused by the script.");
    }

    private static Task WriteErrorAsync(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(ErrorObject(code, message).ToJsonString(), http.RequestAborted);
    }

    internal static JsonObject ErrorObject(string code, string message) => new()
    {
        ["error"] = new JsonObject
        {
            ["message"] = message,
            ["type"] = code == "rate_limit_exceeded" ? "requests" : "server_error",
            ["param"] = null,
            ["code"] = code,
        },
    };

    private sealed record Refusal(int Status, TimeSpan? RetryAfter);
}
