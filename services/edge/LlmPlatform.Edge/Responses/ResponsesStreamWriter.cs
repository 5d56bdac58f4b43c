using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// Writes an answer as the events of a response, in the order OpenAI's own are in: every item, and every part of it,
/// is announced, said in pieces, repeated whole, and closed before the next; numbered from 0 without a gap.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A JSON writer over a buffer holds nothing to give back.")]
internal sealed class ResponsesStreamWriter(ResponsesDocument document, ResponsesEcho echo) : AnswerStreamWriter
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, ResponsesDocument.Json);
    private readonly StringBuilder _text = new();
    private readonly List<JsonElement> _logprobs = [];
    private readonly List<byte[]> _parts = [];
    private int _sequence;
    private AnswerPart _part;
    private bool _partIsOpen;
    private ThoughtSignature? _signature;

    // The item under way; null between items.
    private string? _itemId;

    // A piece of text whose probabilities may follow: kept back until something does.
    private string? _unsaid;

    /// <inheritdoc />
    public override void Start(AnswerHead head)
    {
        document.Model = head.Model ?? document.Model;
        WriteResponse("response.created", ResponsesItems.InProgress);
        WriteResponse("response.in_progress", ResponsesItems.InProgress);
    }

    /// <inheritdoc />
    public override void BeginPart(int choice, AnswerPart part)
    {
        if (choice > 0)
        {
            return;
        }

        var saysMore = IsSaid(part) && _itemId is not null && IsSaid(_part);
        if (!saysMore)
        {
            CloseItem(ResponsesItems.Completed);
        }

        _part = part;
        _partIsOpen = true;
        if (!saysMore)
        {
            OpenItem();
        }

        if (IsSaid(part))
        {
            Begin("response.content_part.added");
            WritePlace("content_index", _parts.Count);
            _json.WritePropertyName("part");
            ResponsesItems.WritePart(_json, "", IsRefusal, []);
            End();
        }
        else if (part.Kind == AnswerPartKind.Thinking)
        {
            Begin("response.reasoning_summary_part.added");
            WritePlace("summary_index", 0);
            _json.WritePropertyName("part");
            ResponsesItems.WriteSummary(_json, "");
            End();
        }
    }

    /// <inheritdoc />
    public override void Append(int choice, string text)
    {
        if (choice > 0 || text.Length == 0)
        {
            return;
        }

        _text.Append(text);
        if (_part.Kind == AnswerPartKind.Text && echo.WantsLogprobs)
        {
            SayUnsaid([]);
            _unsaid = text;
        }
        else
        {
            WriteDelta(text, []);
        }
    }

    /// <inheritdoc />
    public override void AppendLogprobs(int choice, JsonElement tokens)
    {
        if (choice > 0 || !echo.WantsLogprobs)
        {
            return;
        }

        List<JsonElement> said = [.. tokens.EnumerateArray().Select(token => token.Clone())];
        _logprobs.AddRange(said);
        SayUnsaid(said);
    }

    /// <inheritdoc />
    public override void Sign(int choice, ThoughtSignature signature)
    {
        if (choice == 0)
        {
            _signature = signature;
        }
    }

    /// <inheritdoc />
    public override void EndPart(int choice)
    {
        if (choice > 0 || !_partIsOpen)
        {
            return;
        }

        SayUnsaid([]);
        _partIsOpen = false;
        switch (_part.Kind)
        {
            case AnswerPartKind.Text or AnswerPartKind.Refusal:
                EndSaid();
                break;
            case AnswerPartKind.Thinking:
                EndThought();
                break;
            case AnswerPartKind.ToolCall:
                EndArguments();
                break;
            default:
                break;
        }
    }

    /// <inheritdoc />
    public override void EndChoice(int choice, StopReason reason, string? stopSequence = null)
    {
        if (choice > 0)
        {
            return;
        }

        document.StopReason = reason;
        CloseItem(document.IncompleteReason is null ? ResponsesItems.Completed : ResponsesItems.Incomplete);
    }

    /// <inheritdoc />
    public override void Report(UsageReport usage) => document.Usage = usage;

    /// <inheritdoc />
    public override void Fail(ProviderFault fault) => document.Error = ResponsesFaults.ErrorOf(fault);

    /// <inheritdoc />
    public override void Complete()
    {
        CloseItem(document.Error is null ? ResponsesItems.Completed : ResponsesItems.Incomplete);
        if (document.Error is { } error)
        {
            ResponsesFaults.WriteEvent("server_error", error.Code, error.Message, null, _sequence++, Output);
        }

        WriteResponse("response." + document.FinalStatus, document.FinalStatus);
    }

    /// <inheritdoc />
    /// <remarks>
    /// OpenAI's SDKs raise the error event as an exception; who reads the life of a response only sees that it failed.
    /// </remarks>
    public override void EndWithError(GatewayError error)
    {
        ResponsesFaults.WriteEvent(error, _sequence++, Output);
        document.Error = ("server_error", error.Message);
        WriteResponse("response.failed", document.FinalStatus);
    }

    private bool IsRefusal => _part.Kind == AnswerPartKind.Refusal;

    private static bool IsSaid(AnswerPart part) => part.Kind is AnswerPartKind.Text or AnswerPartKind.Refusal;

    private void OpenItem()
    {
        _itemId = document.NextId(_part.Kind switch
        {
            AnswerPartKind.ToolCall => "fc",
            AnswerPartKind.Text or AnswerPartKind.Refusal => "msg",
            _ => "rs",
        });
        WriteItemEvent("response.output_item.added", ResponsesItems.InProgress);
    }

    // What is closed was, but for its own end, announced and said: here it joins the output.
    private void CloseItem(string status)
    {
        if (_itemId is null)
        {
            return;
        }

        EndPart(0);
        WriteItemEvent("response.output_item.done", status);
        document.Output.Add(ResponsesDocument.Item(json => WriteItem(json, status)));
        _itemId = null;
        _parts.Clear();
        _text.Clear();
        if (_part.Kind == AnswerPartKind.ToolCall && _signature is not null)
        {
            WriteSignatureOfCall();
        }

        _signature = null;
    }

    // A call has no place for a signature: it follows in an item of its own, and finds its way back from there.
    private void WriteSignatureOfCall()
    {
        _part = new AnswerPart(AnswerPartKind.RedactedThinking);
        OpenItem();
        CloseItem(ResponsesItems.Completed);
    }

    private void EndSaid()
    {
        var text = _text.ToString();
        Begin(IsRefusal ? "response.refusal.done" : "response.output_text.done");
        WritePlace("content_index", _parts.Count);
        _json.WriteString(IsRefusal ? "refusal" : "text", text);
        if (!IsRefusal)
        {
            ResponsesItems.WriteLogprobs(_json, _logprobs);
        }

        End();
        var part = ResponsesDocument.Item(json => ResponsesItems.WritePart(json, text, IsRefusal, _logprobs));
        Begin("response.content_part.done");
        WritePlace("content_index", _parts.Count);
        _json.WritePropertyName("part");
        _json.WriteRawValue(part, skipInputValidation: true);
        End();
        _parts.Add(part);
        _text.Clear();
        _logprobs.Clear();
    }

    private void EndThought()
    {
        var text = _text.ToString();
        Begin("response.reasoning_summary_text.done");
        WritePlace("summary_index", 0);
        _json.WriteString("text", text);
        End();
        Begin("response.reasoning_summary_part.done");
        WritePlace("summary_index", 0);
        _json.WritePropertyName("part");
        ResponsesItems.WriteSummary(_json, text);
        End();
    }

    // A call without arguments says so in a piece, or who gathers the pieces would have nothing to parse.
    private void EndArguments()
    {
        if (string.IsNullOrWhiteSpace(_text.ToString()))
        {
            _text.Clear().Append("{}");
            WriteDelta("{}", []);
        }

        Begin("response.function_call_arguments.done");
        WritePlace();
        _json.WriteString("name", _part.ToolName);
        _json.WriteString("arguments", _text.ToString());
        End();
    }

    private void SayUnsaid(List<JsonElement> logprobs)
    {
        if (_unsaid is { } text)
        {
            _unsaid = null;
            WriteDelta(text, logprobs);
        }
    }

    private void WriteDelta(string text, List<JsonElement> logprobs)
    {
        switch (_part.Kind)
        {
            case AnswerPartKind.ToolCall:
                Begin("response.function_call_arguments.delta");
                WritePlace();
                break;
            case AnswerPartKind.Thinking or AnswerPartKind.RedactedThinking:
                Begin("response.reasoning_summary_text.delta");
                WritePlace("summary_index", 0);
                break;
            default:
                Begin(IsRefusal ? "response.refusal.delta" : "response.output_text.delta");
                WritePlace("content_index", _parts.Count);
                break;
        }

        _json.WriteString("delta", text);
        if (_part.Kind == AnswerPartKind.Text)
        {
            ResponsesItems.WriteLogprobs(_json, logprobs);
        }

        End();
    }

    private void WriteItemEvent(string type, string status)
    {
        Begin(type);
        _json.WriteNumber("output_index", document.Output.Count);
        _json.WritePropertyName("item");
        WriteItem(_json, status);
        End();
    }

    private void WriteItem(Utf8JsonWriter json, string status)
    {
        var isNew = status == ResponsesItems.InProgress;
        switch (_part.Kind)
        {
            case AnswerPartKind.ToolCall:
                ResponsesItems.WriteCall(
                    json, _itemId!, status, _part.ToolCallId!, _part.ToolName!, isNew ? "" : _text.ToString());
                break;
            case AnswerPartKind.Thinking:
                ResponsesItems.WriteReasoning(
                    json, _itemId!, isNew ? null : _text.ToString(), isNew ? null : _signature);
                break;
            case AnswerPartKind.RedactedThinking:
                ResponsesItems.WriteReasoning(json, _itemId!, text: null, isNew ? null : _signature);
                break;
            default:
                ResponsesItems.WriteMessage(json, _itemId!, status, _parts);
                break;
        }
    }

    private void WriteResponse(string type, string status)
    {
        Begin(type);
        _json.WritePropertyName("response");
        document.Write(_json, status);
        End();
    }

    private void WritePlace()
    {
        _json.WriteString("item_id", _itemId);
        _json.WriteNumber("output_index", document.Output.Count);
    }

    private void WritePlace(string indexName, int index)
    {
        WritePlace();
        _json.WriteNumber(indexName, index);
    }

    private void Begin(string type)
    {
        Output.Write("event: "u8);
        Encoding.UTF8.GetBytes(type, Output);
        Output.Write("\ndata: "u8);
        _json.Reset(Output);
        _json.WriteStartObject();
        _json.WriteString("type", type);
        _json.WriteNumber("sequence_number", _sequence++);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        Output.Write("\n\n"u8);
    }
}
