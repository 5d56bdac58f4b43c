using System.Runtime.InteropServices;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>Reads a Messages answer, streamed or whole.</summary>
/// <param name="sink">Who is spoken to.</param>
/// <param name="answerTool">
/// The tool that stands for an answer in a given form: what it is called with is the answer's text. Null for none.
/// </param>
internal sealed class AnthropicReader(IAnswerSink sink, string? answerTool) : AnswerReader(sink)
{
    private const int Choice = 0;

    private readonly AnthropicUsage _usage = new();
    private int? _openBlock;
    private bool _calledTool;
    private bool _answeredByTool;
    private bool _isAnswer;
    private bool _hasSaid;
    private string? _signature;

    /// <inheritdoc />
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault) =>
        Begins(streamEvent.Payload, out fault);

    /// <summary>
    /// Whether a payload begins an answer, or is an error in its place. That a message starts says nothing yet: a
    /// provider that is overloaded says so right behind it.
    /// </summary>
    public static bool Begins(ReadOnlySpan<byte> payload, out ProviderFault? fault)
    {
        var kind = payload.IsEmpty ? AnthropicEventKind.Other : AnthropicEvent.KindOf(payload);
        fault = kind == AnthropicEventKind.Error ? AnthropicFault.Read(status: 200, payload) : null;
        return kind is AnthropicEventKind.BlockStart or AnthropicEventKind.BlockDelta or AnthropicEventKind.BlockStop
            or AnthropicEventKind.Delta or AnthropicEventKind.Stop;
    }

    /// <inheritdoc />
    public override bool Read(in StreamEvent streamEvent)
    {
        var said = AnthropicEvent.Read(streamEvent.Payload, _usage);
        switch (said.Kind)
        {
            case AnthropicEventKind.Start:
                Start(said.Id, said.Model);
                Report();
                return false;
            case AnthropicEventKind.BlockStart:
                BeginBlock(in said);
                return false;
            case AnthropicEventKind.BlockDelta:
                Append(in said);
                return false;
            case AnthropicEventKind.BlockStop:
                EndBlock();
                return false;
            case AnthropicEventKind.Delta:
                EndBlock();
                Report();
                EndChoice(said.StopReason, said.StopSequence);
                return false;
            case AnthropicEventKind.Error:
                Sink.Fail(AnthropicFault.Read(status: 200, streamEvent.Payload));
                return true;
            default:
                return said.Kind == AnthropicEventKind.Stop;
        }
    }

    /// <inheritdoc />
    public override bool End() => false;

    /// <inheritdoc />
    public override bool ReadWhole(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && ReadWhole(document.RootElement, answer.Span);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is how a text is reported that is no valid Unicode.
            return false;
        }
    }

    private bool ReadWhole(JsonElement answer, ReadOnlySpan<byte> bytes)
    {
        if (answer.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            Sink.Fail(AnthropicFault.Read(status: 200, bytes));
            return true;
        }

        if (!answer.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        Start(Text(answer, "id"), Text(answer, "model"));
        foreach (var block in content.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object))
        {
            ReadBlock(block);
        }

        if (answer.TryGetProperty("usage", out var usage))
        {
            ReadUsage(usage);
        }

        EndChoice(Text(answer, "stop_reason") ?? "end_turn", Text(answer, "stop_sequence"));
        return true;
    }

    private void ReadBlock(JsonElement block)
    {
        var said = new AnthropicEvent
        {
            Type = Text(block, "type"),
            Id = Text(block, "id"),
            Name = Text(block, "name"),
            Text = Text(block, "text") ?? Text(block, "thinking"),
            Signature = Text(block, "signature") ?? Text(block, "data"),
            Input = block.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Object
                ? input.GetRawText()
                : null,
        };
        BeginBlock(in said);
        EndBlock();
    }

    private void ReadUsage(JsonElement usage)
    {
        var json = JsonMarshal.GetRawUtf8Value(usage);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        _usage.Read(ref reader, json);
        Report();
    }

    private void Start(string? id, string? model)
    {
        ProviderRequestId = id;
        Sink.Start(new AnswerHead(id, model));
    }

    private void Report()
    {
        if (_usage.Report() is { } report)
        {
            Sink.Report(report);
        }
    }

    // Blocks of the provider's own tools, which nobody asked for here, are passed over.
    private void BeginBlock(in AnthropicEvent block)
    {
        EndBlock();
        AnswerPart? part = block.Type switch
        {
            "text" => AnswerPart.Text,
            "thinking" => AnswerPart.Thinking,
            "redacted_thinking" => AnswerPart.RedactedThinking,
            "tool_use" when block.Name is not null && block.Name == answerTool => AnswerPart.Text,
            "tool_use" => AnswerPart.ToolCall(block.Id ?? "", block.Name ?? ""),
            _ => null,
        };
        if (part is not { } begun)
        {
            return;
        }

        _openBlock = block.Index;
        _hasSaid = false;
        var isTool = block.Type == "tool_use";
        _isAnswer = isTool && begun.Kind == AnswerPartKind.Text;
        _answeredByTool |= _isAnswer;
        _calledTool |= begun.Kind == AnswerPartKind.ToolCall;
        Sink.BeginPart(Choice, begun);
        Say(isTool ? block.Input : block.Text);
        _signature = NotEmpty(block.Signature);
    }

    private void Append(in AnthropicEvent delta)
    {
        if (_openBlock != delta.Index)
        {
            return;
        }

        Say(delta.Text);
        _signature = NotEmpty(delta.Signature) is { } piece ? _signature + piece : _signature;
    }

    private void Say(string? text)
    {
        if (NotEmpty(text) is { } said)
        {
            _hasSaid = true;
            Sink.Append(Choice, said);
        }
    }

    private void EndBlock()
    {
        if (_openBlock is null)
        {
            return;
        }

        // Arguments that nobody sent are those of an empty object.
        if (_isAnswer && !_hasSaid)
        {
            Sink.Append(Choice, "{}");
        }

        if (_signature is { } signature)
        {
            Sink.Sign(Choice, new ThoughtSignature(SignatureOrigins.Anthropic, signature));
        }

        _signature = null;
        _openBlock = null;
        Sink.EndPart(Choice);
    }

    private void EndChoice(string? reason, string? stopSequence)
    {
        if (reason is not null)
        {
            Sink.EndChoice(Choice, ReasonOf(reason), stopSequence);
        }
    }

    private StopReason ReasonOf(string reason) => reason switch
    {
        "max_tokens" => StopReason.Length,
        "stop_sequence" => StopReason.StopSequence,
        "tool_use" when _answeredByTool && !_calledTool => StopReason.EndTurn,
        "tool_use" => StopReason.ToolCalls,
        "refusal" => StopReason.ContentFilter,
        "model_context_window_exceeded" => StopReason.ContextWindow,
        "pause_turn" => StopReason.Pause,
        _ => StopReason.EndTurn,
    };

    private static string? Text(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
