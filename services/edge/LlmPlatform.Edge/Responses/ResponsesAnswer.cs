using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>Writes a translated whole answer: the items a stream would have brought, and nothing else.</summary>
internal sealed class ResponsesAnswer(ResponsesDocument document)
{
    private readonly List<byte[]> _said = [];

    public void Write(Answer answer, IBufferWriter<byte> output)
    {
        document.Model = answer.Head.Model ?? document.Model;
        document.Usage = answer.Usage;
        if (answer.Choices is [var choice, ..])
        {
            document.StopReason = choice.StopReason;
            AddItems(choice);
        }

        using var json = new Utf8JsonWriter(output, ResponsesDocument.Json);
        document.Write(json, document.FinalStatus);
    }

    private void AddItems(AnswerChoice choice)
    {
        // The probabilities are of all the text; they stand with its first part.
        var logprobs = choice.Logprobs;
        for (var i = 0; i < choice.Parts.Count; i++)
        {
            var part = choice.Parts[i];
            var isLast = i == choice.Parts.Count - 1;
            var status = isLast && document.IncompleteReason is not null
                ? ResponsesItems.Incomplete
                : ResponsesItems.Completed;
            if (part is ContentPart.Text or ContentPart.Refusal)
            {
                AddSaid(part, logprobs);
                logprobs = part is ContentPart.Text ? [] : logprobs;
                if (isLast || choice.Parts[i + 1] is not (ContentPart.Text or ContentPart.Refusal))
                {
                    EndMessage(status);
                }
            }
            else
            {
                AddItem(part, status);
            }
        }
    }

    private void AddSaid(ContentPart part, IReadOnlyList<JsonElement> logprobs) => _said.Add(ResponsesDocument.Item(
        json => ResponsesItems.WritePart(
            json,
            part is ContentPart.Text text ? text.Value : ((ContentPart.Refusal)part).Value,
            part is ContentPart.Refusal,
            logprobs)));

    private void EndMessage(string status)
    {
        Add("msg", (json, id) => ResponsesItems.WriteMessage(json, id, status, _said));
        _said.Clear();
    }

    private void AddItem(ContentPart part, string status)
    {
        switch (part)
        {
            case ContentPart.Thinking thinking:
                Add("rs", (json, id) => ResponsesItems.WriteReasoning(
                    json, id, thinking.IsRedacted ? null : thinking.Value, thinking.Signature));
                break;
            case ContentPart.ToolCall call:
                Add("fc", (json, id) =>
                    ResponsesItems.WriteCall(json, id, status, call.Id, call.Name, call.Arguments));

                // As in a stream: behind its call, from where it is read back.
                if (call.Signature is { } signature)
                {
                    Add("rs", (json, id) => ResponsesItems.WriteReasoning(json, id, text: null, signature));
                }

                break;
            default:
                break;
        }
    }

    private void Add(string kind, Action<Utf8JsonWriter, string> write)
    {
        var id = document.NextId(kind);
        document.Output.Add(ResponsesDocument.Item(json => write(json, id)));
    }
}
