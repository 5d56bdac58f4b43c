using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// Reads chat answers of OpenAI and of all that are compatible with it, whose habits differ: usage on any chunk or on
/// every one, no <c>[DONE]</c>, calls without ids or numbers, thoughts under several names.
/// </summary>
/// <param name="sink">Who is told.</param>
/// <param name="atMostOneCall">True when the caller takes one tool call at a time.</param>
/// <param name="thinksInTags">True when thoughts may stand in the text, between tags.</param>
internal sealed class ChatAnswerReader(IAnswerSink sink, bool atMostOneCall, bool thinksInTags = false)
    : AnswerReader(sink)
{
    private const int MintedIdDigits = 24;
    private const int MaxChoices = 128;

    private readonly List<ChatChoice> _choices = [];
    private bool _hasStarted;
    private bool _hasFailed;
    private string? _answerId;
    private string? _tier;

    /// <inheritdoc />
    /// <remarks>A chunk that only names the role, or a filter's verdict on the prompt, begins nothing.</remarks>
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault)
    {
        fault = null;
        using var document = Parse(streamEvent.Payload);
        if (document is null)
        {
            return false;
        }

        fault = FaultIn(document.RootElement, streamEvent.Payload)
            ?? ChoicesIn(document.RootElement)
                .Select(choice => ChatWire.FaultOf(ChatWire.Text(choice, "finish_reason")))
                .FirstOrDefault(said => said is not null);
        return fault is null && ChoicesIn(document.RootElement).Any(SaysSomething);
    }

    /// <summary>
    /// Whether a payload says anything of an answer, if only its end or what it took. What is no chunk is not ours to
    /// judge, and does.
    /// </summary>
    public static bool SaysSomething(ReadOnlySpan<byte> payload)
    {
        try
        {
            using var document = Parse(payload);
            return document is not { RootElement: var root }
                || ChoicesIn(root).Any(SaysSomething)
                || (!ChoicesIn(root).Any() && ChatWire.Object(root, "usage") is not null);
        }
        catch (Exception broken) when (UnreadableAnswer.Is(broken))
        {
            return true;
        }
    }

    /// <inheritdoc />
    public override bool Read(in StreamEvent streamEvent)
    {
        if (streamEvent.Payload.StartsWith("[DONE]"u8))
        {
            Finish();
            return true;
        }

        using var document = Parse(streamEvent.Payload);
        return document is not null && ReadDocument(document.RootElement, streamEvent.Payload, "delta");
    }

    /// <inheritdoc />
    /// <remarks>Many servers send no <c>[DONE]</c>; but all say why a choice ended.</remarks>
    public override bool End()
    {
        if (_choices.Count == 0 || !_choices.TrueForAll(choice => choice.IsFinished))
        {
            return false;
        }

        Finish();
        return true;
    }

    /// <inheritdoc />
    public override bool ReadWhole(ReadOnlyMemory<byte> answer)
    {
        using var document = Parse(answer.Span);
        if (document is null)
        {
            return false;
        }

        ReadDocument(document.RootElement, answer.Span, "message");
        Finish();
        return _hasFailed || _choices.Count > 0;
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(payload);
            var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // An error in the place of an answer, or beside the choice that it ended.
    private static ProviderFault? FaultIn(JsonElement root, ReadOnlySpan<byte> payload) =>
        OpenAiFault.IsError(root) ? OpenAiFault.Read(status: 200, payload) : null;

    private static IEnumerable<JsonElement> ChoicesIn(JsonElement root) =>
        root.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array
            ? choices.EnumerateArray().Where(choice => choice.ValueKind == JsonValueKind.Object)
            : [];

    private static bool SaysSomething(JsonElement choice) =>
        ChatWire.Text(choice, "finish_reason").Length > 0
        || (ChatWire.Object(choice, "delta") is { } delta
            && delta.EnumerateObject().Any(member => member.Name != "role" && ChatWire.HasContent(member.Value)));

    // True when nothing may follow.
    private bool ReadDocument(JsonElement root, ReadOnlySpan<byte> payload, string holder)
    {
        if (FaultIn(root, payload) is { } fault)
        {
            Fail(fault);
            return true;
        }

        foreach (var choice in ChoicesIn(root))
        {
            Start(root);
            ReadChoice(choice, holder);
        }

        _tier = ChatWire.Text(root, "service_tier") is { Length: > 0 } tier ? tier : _tier;
        if (ChatWire.Object(root, "usage") is { } usage)
        {
            ReadUsage(JsonMarshal.GetRawUtf8Value(usage));
        }

        return _hasFailed;
    }

    private void Start(JsonElement root)
    {
        if (_hasStarted)
        {
            return;
        }

        _hasStarted = true;
        var id = ChatWire.Text(root, "id");
        var model = ChatWire.Text(root, "model");
        ProviderRequestId = _answerId = id.Length > 0 ? id : null;
        Sink.Start(new AnswerHead(ProviderRequestId, model.Length > 0 ? model : null));
    }

    private void ReadUsage(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        if (OpenAiUsage.Read(ref reader, raw) is { } usage)
        {
            Sink.Report(usage with { ServiceTier = _tier });
        }
    }

    private void ReadChoice(JsonElement choice, string holder)
    {
        var index = ChatWire.Number(choice, "index") ?? 0;
        if (index is < 0 or >= MaxChoices)
        {
            return;
        }

        while (_choices.Count <= index)
        {
            var number = _choices.Count;
            _choices.Add(new ChatChoice(number, Sink, call => MintId(number, call), atMostOneCall)
            {
                Tags = thinksInTags ? new ThinkTags() : null,
            });
        }

        if (ChatWire.Object(choice, holder) is { } said)
        {
            ChatWire.ReadMessage(said, ChatWire.Logprobs(choice), _choices[index]);
        }

        var word = ChatWire.Text(choice, "finish_reason");
        if (ChatWire.FaultOf(word) is { } fault)
        {
            Fail(fault);
        }
        else if (ChatWire.StopReasonOf(word) is { } reason)
        {
            // vLLM says beside it which text ended the answer.
            var sequence = ChatWire.Text(choice, "stop_reason");
            var met = reason == StopReason.EndTurn && sequence.Length > 0;
            _choices[index].TakeEnd(met ? StopReason.StopSequence : reason, met ? sequence : null);
        }
    }

    private void Fail(ProviderFault fault)
    {
        _hasFailed = true;
        Sink.Fail(fault);
    }

    private void Finish()
    {
        if (_hasFailed)
        {
            return;
        }

        foreach (var choice in _choices)
        {
            choice.End();
        }
    }

    // The same call of the same answer has the same id, however often it is read.
    private string MintId(int choice, int call)
    {
        _answerId ??= RandomNumberGenerator.GetHexString(MintedIdDigits);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{_answerId}/{choice}/{call}"));
        return "call_" + Convert.ToHexStringLower(hash)[..MintedIdDigits];
    }
}
