using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// Writes an answer as a Messages stream. What was consumed is often known only at the end: <c>message_start</c> says
/// what is known by then, <c>message_delta</c> the true figures, which replace the first.
/// </summary>
/// <param name="model">The model as the caller named it, for providers that do not say.</param>
/// <param name="requestId">The gateway's id of the request.</param>
[SuppressMessage("Design", "CA1001", Justification = "The JSON writer writes to memory of others and owns none.")]
internal sealed class MessagesStreamWriter(string model, string requestId) : AnswerStreamWriter
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Utf8JsonWriter? _json;
    private AnswerPart _part;
    private bool _isOpen;
    private bool _isWritten;
    private int _nextBlock;
    private TokenUsage _tokens = TokenUsage.None;
    private StopReason _reason = StopReason.EndTurn;
    private string? _stopSequence;
    private bool _saidNo;
    private bool _failed;

    /// <inheritdoc />
    public override void Start(AnswerHead head)
    {
        var json = Begin("message_start"u8);
        json.WriteStartObject("message");
        json.WriteString("id", MessagesContent.IdOf(head, requestId));
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", head.Model ?? model);
        json.WriteStartArray("content");
        json.WriteEndArray();
        json.WriteNull("stop_reason");
        json.WriteNull("stop_sequence");
        MessagesContent.WriteUsage(json, _tokens, withSplit: true);
        json.WriteEndObject();
        End();
    }

    /// <inheritdoc />
    public override void BeginPart(int choice, AnswerPart part)
    {
        if (choice != 0)
        {
            return;
        }

        (_part, _isOpen, _isWritten) = (part, true, false);
        _saidNo |= part.Kind == AnswerPartKind.Refusal;

        // The others wait for their signature, which belongs before them.
        if (part.Kind is not (AnswerPartKind.ToolCall or AnswerPartKind.RedactedThinking))
        {
            WriteBegin(redacted: null);
        }
    }

    /// <inheritdoc />
    public override void Append(int choice, string text)
    {
        if (choice != 0 || !_isOpen)
        {
            return;
        }

        if (!_isWritten)
        {
            WriteBegin(redacted: null);
        }

        var json = BeginDelta();
        switch (_part.Kind)
        {
            case AnswerPartKind.Thinking:
                json.WriteString("type", "thinking_delta");
                json.WriteString("thinking", text);
                break;
            case AnswerPartKind.ToolCall:
                json.WriteString("type", "input_json_delta");
                json.WriteString("partial_json", text);
                break;
            default:
                json.WriteString("type", "text_delta");
                json.WriteString("text", text);
                break;
        }

        EndDelta();
    }

    /// <inheritdoc />
    /// <remarks>The protocol has no words for them.</remarks>
    public override void AppendLogprobs(int choice, JsonElement tokens)
    {
    }

    /// <inheritdoc />
    public override void Sign(int choice, ThoughtSignature signature)
    {
        if (choice != 0 || !_isOpen)
        {
            return;
        }

        var text = signature.Format(SignatureOrigins.Anthropic);
        switch (_part.Kind)
        {
            case AnswerPartKind.Thinking:
                WriteSignature(text);
                break;
            case AnswerPartKind.RedactedThinking when !_isWritten:
                WriteBegin(redacted: text);
                break;
            case AnswerPartKind.ToolCall when !_isWritten:
                WriteSignatureOfCall(text);
                break;
        }
    }

    /// <inheritdoc />
    public override void EndPart(int choice)
    {
        if (choice != 0 || !_isOpen)
        {
            return;
        }

        // A thought that is neither said nor signed is none.
        if (!_isWritten && _part.Kind == AnswerPartKind.ToolCall)
        {
            WriteBegin(redacted: null);
        }

        if (_isWritten)
        {
            WriteEnd();
        }

        _isOpen = false;
    }

    /// <inheritdoc />
    public override void EndChoice(int choice, StopReason reason, string? stopSequence = null)
    {
        if (choice == 0)
        {
            (_reason, _stopSequence) = (reason, stopSequence);
        }
    }

    /// <inheritdoc />
    public override void Report(UsageReport usage) => _tokens = usage.Tokens;

    /// <inheritdoc />
    public override void Fail(ProviderFault fault)
    {
        _failed = true;
        EndWithError(GatewayError.Of(fault, model));
    }

    /// <inheritdoc />
    public override void Complete()
    {
        if (_failed)
        {
            return;
        }

        var json = Begin("message_delta"u8);
        json.WriteStartObject("delta");
        json.WriteString("stop_reason", MessagesContent.NameOf(_reason, _saidNo));
        json.WriteString("stop_sequence", _stopSequence);
        json.WriteEndObject();
        MessagesContent.WriteUsage(json, _tokens, withSplit: false);
        End();
        Begin("message_stop"u8);
        End();
    }

    /// <inheritdoc />
    public override void EndWithError(GatewayError error) => MessagesErrors.WriteEvent(error, requestId, Output);

    private void WriteBegin(string? redacted)
    {
        var json = Begin("content_block_start"u8);
        json.WriteNumber("index", _nextBlock);
        json.WriteStartObject("content_block");
        switch (_part.Kind)
        {
            case AnswerPartKind.Thinking:
                json.WriteString("type", "thinking");
                json.WriteString("thinking", "");
                json.WriteString("signature", "");
                break;
            case AnswerPartKind.RedactedThinking:
                json.WriteString("type", "redacted_thinking");
                json.WriteString("data", redacted ?? "");
                break;
            case AnswerPartKind.ToolCall:
                json.WriteString("type", "tool_use");
                json.WriteString("id", _part.ToolCallId);
                json.WriteString("name", _part.ToolName);
                json.WriteStartObject("input");
                json.WriteEndObject();
                break;
            default:
                json.WriteString("type", "text");
                json.WriteString("text", "");
                break;
        }

        json.WriteEndObject();
        End();
        _isWritten = true;
    }

    private void WriteEnd()
    {
        Begin("content_block_stop"u8).WriteNumber("index", _nextBlock);
        End();
        _nextBlock++;
    }

    private void WriteSignature(string signature)
    {
        var json = BeginDelta();
        json.WriteString("type", "signature_delta");
        json.WriteString("signature", signature);
        EndDelta();
    }

    // The protocol has no place for a signature on a call: it is said as a thought without words before it, which
    // every client sends back. MessagesReading puts it where it was.
    private void WriteSignatureOfCall(string signature)
    {
        var call = _part;
        _part = AnswerPart.Thinking;
        WriteBegin(redacted: null);
        WriteSignature(signature);
        WriteEnd();
        (_part, _isWritten) = (call, false);
    }

    private Utf8JsonWriter BeginDelta()
    {
        var json = Begin("content_block_delta"u8);
        json.WriteNumber("index", _nextBlock);
        json.WriteStartObject("delta");
        return json;
    }

    private void EndDelta()
    {
        _json!.WriteEndObject();
        End();
    }

    private Utf8JsonWriter Begin(ReadOnlySpan<byte> name)
    {
        Output.Write("event: "u8);
        Output.Write(name);
        Output.Write("\ndata: "u8);
        if (_json is null)
        {
            _json = new Utf8JsonWriter(Output, Readable);
        }
        else
        {
            _json.Reset(Output);
        }

        _json.WriteStartObject();
        _json.WriteString("type"u8, name);
        return _json;
    }

    private void End()
    {
        _json!.WriteEndObject();
        _json.Flush();
        Output.Write("\n\n"u8);
    }
}
