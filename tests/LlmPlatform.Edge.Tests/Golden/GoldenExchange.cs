using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Edge.Tests.Relay;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Tests.Golden;

/// <summary>One call of an API to a provider of a wire, as the pipeline would drive it, without its servers.</summary>
internal sealed class GoldenExchange : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly GatewayCall _call;
    private readonly GenerationApi _api;
    private readonly GoldenWire _wire;
    private readonly Exchange _exchange;

    private GoldenExchange(string api, string wire, string name, bool stream)
    {
        _api = GoldenApis.All[api];
        _wire = GoldenWires.Find(wire, _api.Wire)!;
        _call = new GatewayCall(new DefaultHttpContext(), _api, new ManualTimeProvider(Now));
        _call.Request = _api.Read(GoldenFiles.Request(api, name, stream), out var error);
        Assert.True(_call.Request is not null, $"{api}/{name}: {error?.Message}");
        var target = new UpstreamTarget(_wire.Open(), Candidate(_call.Request.Model), _wire.Wire, _api.Wire, stream);
        _exchange = _wire.Wire == _api.Wire ? _api.PassThrough(_call, target) : _api.Translate(_call, target);
    }

    public static GoldenExchange Open(string api, string wire, string name, bool stream) =>
        new(api, wire, name, stream);

    /// <summary>Where the request is posted to.</summary>
    public string Address => _exchange.Target.Adapter.AddressOf(_exchange.Target).ToString();

    /// <summary>What the provider is sent; or why it cannot be.</summary>
    public (JsonObject? Body, TranslationException? Refusal) WriteRequest()
    {
        try
        {
            var body = new ArrayBufferWriter<byte>();
            _exchange.WriteRequest(body);
            return (JsonNode.Parse(body.WrittenSpan)!.AsObject(), null);
        }
        catch (TranslationException refusal)
        {
            return (null, refusal);
        }
    }

    /// <summary>What the caller gets of a whole answer, and what is recorded of it.</summary>
    public JsonObject ReadAnswer(string answer)
    {
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(answer);
        var facts = _exchange.ReadAnswer(bytes, output);
        Assert.True(facts.IsAnswer);
        Assert.Null(facts.Fault);
        var said = _exchange.PassesThrough ? answer : Encoding.UTF8.GetString(output.WrittenSpan);
        return new JsonObject
        {
            ["answer"] = JsonNode.Parse(Stable(said)),
            ["recorded"] = Recorded(facts.Usage, facts.ProviderRequestId, facts.ContentBytes),
        };
    }

    /// <summary>Reads what may be no answer at all.</summary>
    public void ReadWhatever(byte[] answer) => _exchange.ReadAnswer(answer, new ArrayBufferWriter<byte>());

    /// <summary>What the caller gets of a refusal: a fixture of status, headers and body.</summary>
    public JsonObject ReadRefusal(string fixture)
    {
        var said = JsonNode.Parse(fixture)!.AsObject();
        var status = (int)said["status"]!;
        var body = said["body"]!.ToJsonString();
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in said["headers"]?.AsObject() ?? [])
        {
            response.Headers.TryAddWithoutValidation(name, (string)value!);
        }

        var fault = _exchange.Target.Adapter.ReadFault(status, response.Headers, Encoding.UTF8.GetBytes(body));
        var read = new JsonObject
        {
            ["kind"] = fault.Kind.ToString(),
            ["code"] = fault.Code,
            ["param"] = fault.Param,
            ["retry_after_seconds"] = fault.RetryAfter?.TotalSeconds,
        };
        if (fault.IsOfRequest && _exchange.PassesThrough)
        {
            return new JsonObject { ["read"] = read, ["status"] = status, ["answer"] = JsonNode.Parse(body) };
        }

        var model = _call.Request!.Model;
        var error = fault.IsOfRequest
            ? GatewayError.OfRequest(fault, model, mayShow: true)
            : GatewayError.Unserved(
                new UpstreamError(UpstreamStage.Refused, UpstreamCause.Status, status) { Fault = fault }, model);
        var output = new ArrayBufferWriter<byte>();
        _api.WriteError(error, _call.RequestId.ToString(), output);
        return new JsonObject
        {
            ["read"] = read,
            ["status"] = error.Status,
            ["answer"] = JsonNode.Parse(Stable(Encoding.UTF8.GetString(output.WrittenSpan))),
        };
    }

    /// <summary>The bytes of a stream.</summary>
    public byte[] Encode(string fixture) => _wire.Encode(fixture);

    /// <summary>What the caller gets of a stream that comes in these reads, and what is recorded of it.</summary>
    public async Task<string> RelayAsync(IReadOnlyList<byte[]> reads)
    {
        using var attempt = await Reads.AnswerAsync(_exchange.Target.Candidate.Provider, reads);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var relay = new StreamRelay(
            attempt, _exchange.OpenStream(), pipe.Writer, maxEventBytes: 1 << 20, TimeProvider.System);
        var recorded = "";
        if (await relay.ReadFirstAsync(TimeSpan.FromMinutes(1)) is { } early)
        {
            return $"--- not begun: {early.Outcome} {early.Fault?.Kind}\n";
        }

        var watcher = new Settlement(() => recorded = GoldenFiles.Pretty(
            Recorded(relay.Passage.Usage, relay.Passage.ProviderRequestId, relay.Passage.ContentBytes)));
        if (await relay.RunAsync(watcher, CancellationToken.None) is { } error)
        {
            await relay.EndWithErrorAsync(
                GatewayError.Unserved(error, _call.Request!.Model), CancellationToken.None);
            await watcher.SettleAsync();
        }

        await pipe.Writer.CompleteAsync();
        var said = await new StreamReader(pipe.Reader.AsStream()).ReadToEndAsync();
        return $"{Stable(said)}--- recorded{(relay.Passage.SawError ? ", with an error" : "")}\n{recorded}";
    }

    public void Dispose() => _call.Dispose();

    // The gateway's own id of the request is different each time.
    private string Stable(string text) => text
        .Replace(_call.RequestId.ToString("N"), "<request>", StringComparison.Ordinal)
        .Replace(_call.RequestId.ToString(), "<request>", StringComparison.Ordinal);

    private static JsonObject Recorded(UsageReport? usage, string? id, long contentBytes)
    {
        var meters = usage is null ? null : JsonSerializer.SerializeToNode(usage.Tokens)!.AsObject();
        foreach (var meter in meters?.Where(meter => (long)meter.Value! == 0).ToList() ?? [])
        {
            meters!.Remove(meter.Key);
        }

        return new JsonObject
        {
            ["id"] = id,
            ["tokens"] = meters,
            ["consistent"] = usage?.IsConsistent,
            ["content_bytes"] = contentBytes,
        };
    }

    private RouteCandidate Candidate(string model) => new(
        new RoutedModel { Name = model, Deployments = [], Strategy = "weighted" },
        _wire.Open().Provider,
        new RoutedDeployment { Provider = "golden", Model = _wire.ModelOf(model), Priority = 1, Weight = 1 });

    private sealed class Settlement(Action settle) : IStreamObserver
    {
        public void OnFirstContent()
        {
        }

        public void OnProgress()
        {
        }

        public ValueTask SettleAsync()
        {
            settle();
            return default;
        }
    }
}
