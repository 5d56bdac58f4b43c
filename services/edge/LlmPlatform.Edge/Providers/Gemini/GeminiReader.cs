using System.Runtime.InteropServices;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>
/// Reads what <c>generateContent</c> answers. Every chunk of a stream is a whole answer with some more of the text, and
/// the usage so far; the last one has a reason to finish, and nothing in words ends the stream. So the reasons are said
/// when it ends: by then the usage is known, and chunks that repeat a reason early do no harm.
/// </summary>
internal sealed class GeminiReader(GenerationRequest request, IAnswerSink sink) : AnswerReader(sink)
{
    // More than any model gives: an index beyond is not believed.
    private const int MaxCandidates = 128;
    private const int MaxQueries = 1000;

    private readonly List<GeminiCandidate> _candidates = [];
    private readonly HashSet<string> _queries = new(StringComparer.Ordinal);
    private bool _hasStarted;
    private bool _isBlocked;
    private string? _model;

    /// <inheritdoc />
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault)
    {
        using var document = GeminiJson.Parse(streamEvent.Payload);
        fault = document is null ? null : GeminiFault.TryRead(200, document.RootElement);
        return fault is null && document is { RootElement: { ValueKind: JsonValueKind.Object } chunk }
            && (HasCandidates(chunk) || BlockOf(chunk) is not null);
    }

    /// <inheritdoc />
    public override bool Read(in StreamEvent streamEvent)
    {
        using var document = GeminiJson.Parse(streamEvent.Payload);
        return document is not null && Take(document.RootElement);
    }

    /// <inheritdoc />
    public override bool End()
    {
        if (_isBlocked)
        {
            Sink.EndChoice(0, StopReason.ContentFilter);
            return true;
        }

        if (_candidates.Count == 0 || !_candidates.TrueForAll(candidate => candidate.IsFinished))
        {
            return false;
        }

        _candidates.ForEach(candidate => candidate.End());
        return true;
    }

    /// <inheritdoc />
    public override bool ReadWhole(ReadOnlyMemory<byte> answer)
    {
        using var document = GeminiJson.Parse(answer.Span);
        if (document is null)
        {
            return false;
        }

        // A stream that was not asked for as events comes as an array of its chunks.
        var root = document.RootElement;
        var hasFailed = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().Any(Take) : Take(root);
        return hasFailed || End();
    }

    private bool Take(JsonElement chunk)
    {
        if (chunk.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (GeminiFault.TryRead(200, chunk) is { } fault)
        {
            Start(chunk);
            Sink.Fail(fault);
            return true;
        }

        Start(chunk);
        if (HasCandidates(chunk))
        {
            foreach (var candidate in chunk.GetProperty("candidates"u8).EnumerateArray())
            {
                TakeCandidate(candidate);
            }
        }
        else if (BlockOf(chunk) is { } reason)
        {
            Block(reason);
        }

        Report(chunk);
        return false;
    }

    private void Start(JsonElement chunk)
    {
        ProviderRequestId ??= GeminiJson.Text(chunk, "responseId"u8);
        if (!_hasStarted)
        {
            _hasStarted = true;
            _model = GeminiJson.Text(chunk, "modelVersion"u8);
            Sink.Start(new AnswerHead(ProviderRequestId, _model));
        }
    }

    private void TakeCandidate(JsonElement candidate)
    {
        var index = GeminiJson.Number(candidate, "index"u8)?.TryGetInt32(out var said) == true ? said : 0;
        if (candidate.ValueKind == JsonValueKind.Object && index is >= 0 and < MaxCandidates)
        {
            while (_candidates.Count <= index)
            {
                _candidates.Add(new GeminiCandidate(_candidates.Count, Sink, request.ParallelToolCalls == false));
            }

            _candidates[index].Take(candidate, ProviderRequestId);
            TakeQueries(candidate);
        }
    }

    // What was asked of Google's search; a repeat and an empty one are not charged.
    private void TakeQueries(JsonElement candidate)
    {
        if (GeminiJson.Object(candidate, "groundingMetadata"u8) is not { } grounding
            || GeminiJson.List(grounding, "webSearchQueries"u8) is not { } queries)
        {
            return;
        }

        foreach (var query in queries.EnumerateArray().Where(query => query.ValueKind == JsonValueKind.String))
        {
            if (query.GetString() is { Length: > 0 } text && _queries.Count < MaxQueries)
            {
                _queries.Add(text);
            }
        }
    }

    // The third generation is charged by the query, those before by the answer that needed any.
    private long Searches() =>
        new GeminiModel(_model ?? "").IsThirdGeneration ? _queries.Count : Math.Min(_queries.Count, 1);

    // A prompt that is not answered is billed: a refusal in words, since there are no others. An answer that had begun
    // ends here.
    private void Block(string reason)
    {
        if (_candidates.Count > 0 || _isBlocked)
        {
            _candidates.ForEach(candidate => candidate.Block());
            return;
        }

        _isBlocked = true;
        Sink.BeginPart(0, AnswerPart.Refusal);
        Sink.Append(0, $"The provider's policy blocked the prompt ({reason}).");
        Sink.EndPart(0);
    }

    private void Report(JsonElement chunk)
    {
        if (GeminiJson.Object(chunk, "usageMetadata"u8) is not { } metadata)
        {
            return;
        }

        var raw = JsonMarshal.GetRawUtf8Value(metadata);
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        if (GeminiUsage.Read(ref reader, out var isConsistent) is { } tokens)
        {
            tokens = _queries.Count > 0 ? tokens with { WebSearches = Searches() } : tokens;
            Sink.Report(UsageReport.From(tokens, isConsistent, raw) with { ServiceTier = TierOf(metadata) });
        }
    }

    // Vertex AI's word for it is its kind of traffic.
    private static string? TierOf(JsonElement metadata) =>
        GeminiJson.Text(metadata, "trafficType"u8) switch
        {
            "ON_DEMAND_PRIORITY" => ServiceTiers.Priority,
            "ON_DEMAND_FLEX" => ServiceTiers.Flex,
            "PROVISIONED_THROUGHPUT" => "provisioned_throughput",
            "ON_DEMAND" => ServiceTiers.Standard,
            _ => GeminiJson.Text(metadata, "serviceTier"u8) switch
            {
                "priority" => ServiceTiers.Priority,
                "flex" => ServiceTiers.Flex,
                _ => null,
            },
        };

    private static bool HasCandidates(JsonElement chunk) =>
        GeminiJson.List(chunk, "candidates"u8)?.GetArrayLength() > 0;

    private static string? BlockOf(JsonElement chunk) =>
        GeminiJson.Object(chunk, "promptFeedback"u8) is { } feedback
            ? GeminiJson.Text(feedback, "blockReason"u8)
            : null;
}
