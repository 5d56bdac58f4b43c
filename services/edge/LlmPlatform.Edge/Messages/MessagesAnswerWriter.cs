using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>Writes a whole answer as a Messages document.</summary>
internal static class MessagesAnswerWriter
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    /// <param name="answer">What the provider said. Of several choices the first counts: the protocol has one.</param>
    /// <param name="model">The model as the caller named it, for providers that do not say.</param>
    /// <param name="requestId">The gateway's id of the request.</param>
    /// <param name="output">Receives the document.</param>
    public static void Write(Answer answer, string model, string requestId, IBufferWriter<byte> output)
    {
        var choice = answer.Choices.Count > 0 ? answer.Choices[0] : new AnswerChoice();
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteString("id", MessagesContent.IdOf(answer.Head, requestId));
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", answer.Head.Model ?? model);
        json.WriteStartArray("content");
        foreach (var part in choice.Parts)
        {
            Write(json, part);
        }

        json.WriteEndArray();
        var saidNo = choice.Parts.Any(part => part is ContentPart.Refusal);
        json.WriteString("stop_reason", MessagesContent.NameOf(choice.StopReason, saidNo));
        json.WriteString("stop_sequence", choice.StopSequence);
        MessagesContent.WriteUsage(json, answer.Usage?.Tokens ?? TokenUsage.None, withSplit: true);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ContentPart part)
    {
        switch (part)
        {
            case ContentPart.Text text:
                WriteText(json, text.Value);
                break;
            case ContentPart.Refusal refusal:
                WriteText(json, refusal.Value);
                break;
            case ContentPart.Thinking { IsRedacted: true, Signature: { } data }:
                json.WriteStartObject();
                json.WriteString("type", "redacted_thinking");
                json.WriteString("data", data.Format(SignatureOrigins.Anthropic));
                json.WriteEndObject();
                break;
            case ContentPart.Thinking { IsRedacted: false } thinking:
                WriteThinking(json, thinking.Value, thinking.Signature);
                break;
            case ContentPart.ToolCall call:
                WriteCall(json, call);
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void WriteThinking(Utf8JsonWriter json, string thought, ThoughtSignature? signature)
    {
        json.WriteStartObject();
        json.WriteString("type", "thinking");
        json.WriteString("thinking", thought);
        json.WriteString("signature", signature?.Format(SignatureOrigins.Anthropic) ?? "");
        json.WriteEndObject();
    }

    // A signature on a call stands before it, as a thought without words: see MessagesStreamWriter.
    private static void WriteCall(Utf8JsonWriter json, ContentPart.ToolCall call)
    {
        if (call.Signature is { } signature)
        {
            WriteThinking(json, "", signature);
        }

        json.WriteStartObject();
        json.WriteString("type", "tool_use");
        json.WriteString("id", call.Id);
        json.WriteString("name", call.Name);
        json.WritePropertyName("input");
        WriteInput(json, call.Arguments);
        json.WriteEndObject();
    }

    // Arguments that the bound on the output cut off are no JSON any more; the reason it ended says so.
    private static void WriteInput(Utf8JsonWriter json, string arguments)
    {
        try
        {
            using var input = JsonDocument.Parse(arguments);
            if (input.RootElement.ValueKind == JsonValueKind.Object)
            {
                input.RootElement.WriteTo(json);
                return;
            }
        }
        catch (JsonException)
        {
            // Said below as what is left of it.
        }

        json.WriteStartObject();
        json.WriteEndObject();
    }
}
