using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using LlmPlatform.TestKit.Network;
using LlmPlatform.TestKit.Providers.Anthropic;
using LlmPlatform.TestKit.Providers.Bedrock;
using LlmPlatform.TestKit.Providers.Gemini;
using LlmPlatform.TestKit.Providers.OpenAi;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers;

/// <summary>
/// A provider on a loopback port that speaks one vendor's wire, does what its script says, refuses what the vendor
/// would refuse, in its words, and keeps a ledger of its own of every call.
/// </summary>
public sealed class FakeProvider : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ProviderScript> _scripts = new();
    private readonly HeldPort _port = new();
    private readonly Lock _gate = new();
    private readonly List<(string? Model, ProviderRefusal Refusal)> _refusals = [];
    private readonly IProviderProtocol _protocol;
    private LoopbackServer? _server;
    private ProviderScript _script;
    private int _lastId;

    private FakeProvider(ProviderScript script, ProviderWire wire)
    {
        _script = script;
        _protocol = wire switch
        {
            ProviderWire.Anthropic => new AnthropicProtocol(),
            ProviderWire.Gemini => new GeminiProtocol(),
            ProviderWire.Bedrock => new BedrockProtocol(),
            _ => new OpenAiProtocol(),
        };
    }

    /// <summary>What to give as <c>base_url</c>: the port, and the path under which the vendor's API is.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    public ProviderLedger Ledger { get; } = new();

    /// <summary>How calls that begin from now on are answered.</summary>
    public ProviderScript Script
    {
        get => Volatile.Read(ref _script);
        set => Volatile.Write(ref _script, value);
    }

    /// <summary>Whether the list of models, the usual health probe, answers 200 or 503.</summary>
    public bool Healthy { get; set; } = true;

    /// <summary>The one key that is good; null when any is, and at OpenAI none either.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Starts a provider on a free port.</summary>
    public static async Task<FakeProvider> StartAsync(
        ProviderScript? script = null, ProviderWire wire = ProviderWire.OpenAi)
    {
        var provider = new FakeProvider(script ?? new ProviderScript(), wire);
        provider._server = await LoopbackServer.StartAsync(provider.HandleAsync, provider._port.Number);
        provider.BaseUrl = new Uri(provider._server.Address, provider._protocol.BasePath);
        return provider;
    }

    /// <summary>A script for one model, in place of <see cref="Script"/>.</summary>
    public void ScriptModel(string model, ProviderScript script) => _scripts[model] = script;

    /// <summary>Refuses the next calls with the vendor's error object.</summary>
    /// <param name="times">How many.</param>
    /// <param name="status">With which status.</param>
    /// <param name="retryAfter">When to come again.</param>
    /// <param name="model">Calls of this model only; null: whichever they are.</param>
    public void RefuseNext(int times, int status, TimeSpan? retryAfter = null, string? model = null)
    {
        var refusal =
            new ProviderRefusal(status, "Refused by the script.") { RetryAfter = retryAfter, IsScripted = true };
        lock (_gate)
            _refusals.AddRange(Enumerable.Repeat((model, refusal), times));
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
    /// <param name="mayBeThere">Nothing is done where it never went away.</param>
    public async Task ComeBackAsync(bool mayBeThere = false)
    {
        if (!mayBeThere || _server is null)
            _server = await LoopbackServer.StartAsync(HandleAsync, _port.Number);
    }

    public async ValueTask DisposeAsync()
    {
        await GoAwayAsync();
        _port.Dispose();
    }

    private Task HandleAsync(HttpContext http)
    {
        if (_protocol.IsHealthProbe(http.Request))
            return ListModelsAsync(http);
        return _protocol.RouteOf(http.Request) is { } route
            ? ServeAsync(http, route)
            : WriteErrorAsync(http, new ProviderRefusal(404, $"No {http.Request.Method} {http.Request.Path} here."));
    }

    private Task ListModelsAsync(HttpContext http) => Healthy
        ? http.Response.WriteAsJsonAsync(new { @object = "list", data = Array.Empty<object>() })
        : WriteErrorAsync(http, new ProviderRefusal(503, "Not well."));

    private async Task ServeAsync(HttpContext http, ProviderRoute route)
    {
        var body = await ReadBodyAsync(http);
        var attempt = AttemptOf(http.Request, body, route);
        var line = new ProviderCallLine(Ledger, attempt);
        _protocol.AddHeaders(http.Response, attempt.Id);
        try
        {
            if (NextRefusal(attempt.Model) is { } scripted)
                throw scripted;
            _protocol.Authenticate(http.Request, ApiKey);
            if (body.ValueKind == JsonValueKind.Undefined && route.Operation.TakesBody)
                throw new ProviderRefusal(400, "The body is not JSON.");
            var request = route.Operation.Read(body, route);
            var script = _scripts.GetValueOrDefault(request.Model, Script);
            await route.Operation.AnswerAsync(new ProviderCall(http, script, attempt, request, line));
        }
        catch (ProviderRefusal refusal)
        {
            await RefuseAsync(http, line, refusal);
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException or OverflowException)
        {
            await RefuseAsync(
                http, line, new ProviderRefusal(400, $"The request is of the wrong types: {fault.Message}"));
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            line.End(AttemptOutcome.CallerLeft);
        }
    }

    private ProviderRefusal? NextRefusal(string model)
    {
        lock (_gate)
        {
            var at = _refusals.FindIndex(scripted => scripted.Model is null || scripted.Model == model);
            if (at < 0)
                return null;
            var refusal = _refusals[at].Refusal;
            _refusals.RemoveAt(at);
            return refusal;
        }
    }

    private Task RefuseAsync(HttpContext http, ProviderCallLine line, ProviderRefusal refusal)
    {
        // Before the bytes leave: who reads them may look at the ledger at once.
        line.End(AttemptOutcome.Refused, refusal.Status, refusal.IsScripted ? null : refusal.Message);
        return WriteErrorAsync(http, refusal);
    }

    private static async Task<JsonElement> ReadBodyAsync(HttpContext http)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private ProviderAttempt AttemptOf(HttpRequest request, JsonElement body, ProviderRoute route)
    {
        var number = Interlocked.Increment(ref _lastId).ToString("D8", CultureInfo.InvariantCulture);
        return new ProviderAttempt
        {
            Id = $"{_protocol.IdPrefix}{BaseUrl.Port}-{number}",
            Target = $"{request.Path}{request.QueryString}",
            Headers = request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Model = route.Model ?? body.Text("model") ?? "",
            Streamed = route.Streamed || body.IsTrue("stream"),
            Body = body,
        };
    }

    private Task WriteErrorAsync(HttpContext http, ProviderRefusal refusal)
    {
        http.Response.StatusCode = refusal.Status;
        http.Response.ContentType = "application/json";
        _protocol.AddErrorHeaders(http.Response, refusal);
        return http.Response.WriteAsync(_protocol.ErrorBody(refusal).ToJsonString(), http.RequestAborted);
    }
}
