using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Reads the answers of <c>converse</c> and <c>converse-stream</c>. A stream says <c>messageStart</c>, its blocks,
/// <c>messageStop</c> and last <c>metadata</c> with the usage; an exception may come in the place of any of them.
/// </summary>
/// <param name="sink">Who is spoken to.</param>
/// <param name="answerTool">The tool whose arguments are the answer's text; null when no form was asked for.</param>
internal sealed class ConverseReader(IAnswerSink sink, string? answerTool) : AnswerReader(sink)
{
    private const int Choice = 0;

    private readonly ConverseBlocks _blocks = new(sink, answerTool);
    private bool _hasStarted;
    private bool _hasStopped;

    /// <inheritdoc />
    public override bool Begins(in StreamEvent streamEvent, out ProviderFault? fault)
    {
        var message = AwsEventMessage.Read(streamEvent.Whole);
        fault = message.IsFault ? BedrockFaults.Read(in message) : null;

        // That a message starts says nothing yet: what fails before its first block can be served by another.
        return fault is null
            && (message.Name.StartsWith("contentBlock"u8) || message.Name.SequenceEqual("messageStop"u8));
    }

    /// <inheritdoc />
    public override bool Read(in StreamEvent streamEvent)
    {
        var message = AwsEventMessage.Read(streamEvent.Whole);
        Start();
        if (message.IsFault)
        {
            Sink.Fail(BedrockFaults.Read(in message));
            return true;
        }

        if (message.Name.SequenceEqual("contentBlockDelta"u8))
        {
            ReadDelta(ConverseEvent.Read(message.Payload));
        }
        else if (message.Name.SequenceEqual("contentBlockStart"u8))
        {
            var said = ConverseEvent.Read(message.Payload);
            if (said.ToolName is { } name)
            {
                _blocks.BeginTool(said.Block, IdOf(said.ToolUseId), name);
            }
        }
        else if (message.Name.SequenceEqual("contentBlockStop"u8))
        {
            _blocks.End(ConverseEvent.Read(message.Payload).Block);
        }
        else if (message.Name.SequenceEqual("messageStop"u8))
        {
            Stop(ConverseEvent.Read(message.Payload));
        }
        else if (message.Name.SequenceEqual("metadata"u8))
        {
            Report(ConverseEvent.Read(message.Payload));
            return _hasStopped;
        }

        return false;
    }

    /// <inheritdoc />
    public override bool End() => _hasStopped;

    /// <inheritdoc />
    public override bool ReadWhole(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (!TryMember(json.RootElement, "output", out var output)
                || !TryMember(output, "message", out var message)
                || !TryMember(message, "content", out var content)
                || content.ValueKind != JsonValueKind.Array)
            {
                return false;
            }

            Start();
            var index = 0;
            foreach (var block in content.EnumerateArray())
            {
                ReadBlock(index, block);
                _blocks.End(index++);
            }

            var said = ConverseEvent.Read(answer.Span);
            Stop(said);
            Report(said);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException
            or InvalidDataException)
        {
            return false;
        }
    }

    private void ReadDelta(in ConverseEvent said)
    {
        if (said.Text is { } text)
        {
            _blocks.AppendText(said.Block, text);
        }

        if (said.ToolInput is { } input)
        {
            _blocks.AppendArguments(said.Block, input);
        }

        if (said.Thought is { } thought)
        {
            _blocks.AppendThought(said.Block, thought);
        }

        if (said.Signature is { } signature)
        {
            _blocks.AppendSignature(said.Block, signature);
        }

        if (said.RedactedThought is { } redacted)
        {
            _blocks.AppendRedacted(said.Block, redacted);
        }
    }

    private void ReadBlock(int index, JsonElement block)
    {
        if (TryMember(block, "text", out var text))
        {
            _blocks.AppendText(index, text.GetString() ?? "");
        }
        else if (TryMember(block, "toolUse", out var call))
        {
            _blocks.BeginTool(
                index,
                IdOf(TryMember(call, "toolUseId", out var id) ? id.GetString() : null),
                TryMember(call, "name", out var name) ? name.GetString() ?? "" : "");
            _blocks.AppendArguments(index, TryMember(call, "input", out var input) ? input.GetRawText() : "{}");
        }
        else if (TryMember(block, "reasoningContent", out var reasoning))
        {
            ReadThought(index, reasoning);
        }
        else if (TryMember(block, "citationsContent", out var cited) && TryMember(cited, "content", out var pieces))
        {
            foreach (var piece in pieces.EnumerateArray())
            {
                _blocks.AppendText(index, TryMember(piece, "text", out var part) ? part.GetString() ?? "" : "");
            }
        }
    }

    private void ReadThought(int index, JsonElement reasoning)
    {
        if (TryMember(reasoning, "reasoningText", out var thought))
        {
            _blocks.AppendThought(index, TryMember(thought, "text", out var text) ? text.GetString() ?? "" : "");
            if (TryMember(thought, "signature", out var signature) && signature.GetString() is { Length: > 0 } value)
            {
                _blocks.AppendSignature(index, value);
            }
        }
        else if (TryMember(reasoning, "redactedContent", out var redacted))
        {
            _blocks.AppendRedacted(index, redacted.GetBytesFromBase64());
        }
    }

    private void Start()
    {
        if (!_hasStarted)
        {
            // The exchange's id is in a header only, the model nowhere.
            _hasStarted = true;
            Sink.Start(new AnswerHead(Id: null, Model: null));
        }
    }

    private void Stop(in ConverseEvent said)
    {
        if (!_hasStopped)
        {
            _hasStopped = true;
            _blocks.EndAll();
            Sink.EndChoice(Choice, ReasonOf(said.StopReason), said.StopSequence);
        }
    }

    private StopReason ReasonOf(string? reason) => reason switch
    {
        "max_tokens" => StopReason.Length,
        "stop_sequence" => StopReason.StopSequence,
        "tool_use" when _blocks is { SawAnswerTool: true, SawToolCall: false } => StopReason.EndTurn,
        "tool_use" => StopReason.ToolCalls,
        "guardrail_intervened" or "content_filtered" or "refusal" => StopReason.ContentFilter,
        "model_context_window_exceeded" => StopReason.ContextWindow,
        "pause_turn" => StopReason.Pause,

        // end_turn; and what a model got wrong (malformed_tool_use, malformed_model_output), which is billed all the
        // same and handed on as Bedrock hands it on.
        _ => StopReason.EndTurn,
    };

    private void Report(in ConverseEvent said)
    {
        if (said.Usage is { } usage)
        {
            Sink.Report(usage);
        }
    }

    private static string IdOf(string? id) =>
        string.IsNullOrEmpty(id) ? $"call_{RandomNumberGenerator.GetHexString(24, lowercase: true)}" : id;

    private static bool TryMember(JsonElement element, string name, out JsonElement member)
    {
        member = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out member)
            && member.ValueKind != JsonValueKind.Null;
    }
}
