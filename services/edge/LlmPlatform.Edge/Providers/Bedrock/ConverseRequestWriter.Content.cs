using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>Who said what.</summary>
internal sealed partial class ConverseRequestWriter
{
    private const int MaxToolCallId = 64;
    private const string NothingSaid = ".";

    private void WriteSystem(Utf8JsonWriter json)
    {
        var instructions = _request.Instructions.Where(Speaks).ToList();
        if (instructions.Count == 0)
        {
            return;
        }

        json.WriteStartArray("system");
        foreach (var part in instructions)
        {
            if (part is not ContentPart.Text text)
            {
                throw new TranslationException("Bedrock takes instructions of the system as text only.", "messages");
            }

            WriteText(json, text.Value);
            WriteCachePoint(json, part.Cache);
        }

        json.WriteEndArray();
    }

    private void WriteMessages(Utf8JsonWriter json)
    {
        var sides = Sides();

        // Converse wants the caller to begin. A conversation that the model began has something before it that says
        // nothing.
        if (sides is not [{ IsModel: false }, ..])
        {
            sides.Insert(0, new Side(IsModel: false, [new ContentPart.Text(NothingSaid)]));
        }

        var media = new ConverseMedia(json);
        json.WriteStartArray("messages");
        foreach (var side in sides)
        {
            json.WriteStartObject();
            json.WriteString("role", side.IsModel ? "assistant" : "user");
            json.WriteStartArray("content");
            foreach (var part in side.Parts.OrderBy(part => part is ContentPart.ToolResult ? 0 : 1))
            {
                var isEnd = side.IsModel && ReferenceEquals(part, sides[^1].Parts[^1]);
                WritePart(json, isEnd ? WithoutTrailingBlanks(part) : part, media);
                WriteCachePoint(json, part.Cache);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Converse wants the sides to alternate: what one side says in several turns is one message.
    private List<Side> Sides()
    {
        var sides = new List<Side>(_request.Turns.Count);
        foreach (var turn in _request.Turns)
        {
            var isModel = turn.Role == TurnRole.Assistant;
            var parts = turn.Parts.Where(Speaks).ToList();
            if (sides is [.., var last] && last.IsModel == isModel)
            {
                last.Parts.AddRange(parts);
            }
            else if (parts.Count > 0)
            {
                sides.Add(new Side(isModel, parts));
            }
        }

        return sides;
    }

    // An answer that the model is to go on with must not end in blanks.
    private static ContentPart WithoutTrailingBlanks(ContentPart part) =>
        part is ContentPart.Text text ? text with { Value = text.Value.TrimEnd() } : part;

    // Converse refuses blank texts. A thought goes back only with the signature of one who may have made it here.
    private bool Speaks(ContentPart part) => part switch
    {
        ContentPart.Text text => !string.IsNullOrWhiteSpace(text.Value),
        ContentPart.Refusal refusal => !string.IsNullOrWhiteSpace(refusal.Value),
        ContentPart.Thinking thought => IsOurs(thought),
        _ => true,
    };

    // Claude's signatures are good on every platform that serves Claude; how each of them writes an encrypted thought
    // is its own.
    private bool IsOurs(ContentPart.Thinking thought) => thought.Signature?.Origin switch
    {
        SignatureOrigins.Bedrock => true,
        SignatureOrigins.Anthropic => _model.Vendor == BedrockVendor.Anthropic && !thought.IsRedacted,
        _ => false,
    };

    private void WritePart(Utf8JsonWriter json, ContentPart part, ConverseMedia media)
    {
        switch (part)
        {
            case ContentPart.Text text:
                WriteText(json, text.Value);
                break;
            case ContentPart.Refusal refusal:
                WriteText(json, refusal.Value);
                break;
            case ContentPart.Thinking thought:
                WriteThought(json, thought);
                break;
            case ContentPart.ToolCall call:
                WriteCall(json, call);
                break;
            case ContentPart.ToolResult result:
                WriteResult(json, result, media);
                break;
            case ContentPart.Image image:
                media.WriteImage(image);
                break;
            case ContentPart.Document document:
                media.WriteDocument(document);
                break;
            case ContentPart.Audio audio:
                media.WriteAudio(audio);
                break;
            default:
                throw new TranslationException($"Bedrock has no words for {part.GetType().Name}.", "messages");
        }
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void WriteThought(Utf8JsonWriter json, ContentPart.Thinking thought)
    {
        json.WriteStartObject();
        json.WriteStartObject("reasoningContent");
        if (thought.IsRedacted)
        {
            json.WriteString("redactedContent", thought.Signature!.Value);
        }
        else
        {
            json.WriteStartObject("reasoningText");
            json.WriteString("text", thought.Value);
            json.WriteString("signature", thought.Signature!.Value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, ContentPart.ToolCall call)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolUse");
        json.WriteString("toolUseId", IdOf(call.Id));
        json.WriteString("name", call.Name);
        json.WritePropertyName("input");
        try
        {
            using var arguments = JsonDocument.Parse(
                string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
            if (arguments.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw NoObject(call);
            }

            arguments.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            throw NoObject(call);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static TranslationException NoObject(ContentPart.ToolCall call) =>
        new($"The arguments of the call of '{call.Name}' are no JSON object.", "messages");

    private void WriteResult(Utf8JsonWriter json, ContentPart.ToolResult result, ConverseMedia media)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolResult");
        json.WriteString("toolUseId", IdOf(result.ToolCallId));
        json.WriteStartArray("content");
        foreach (var part in result.Content.Where(Speaks))
        {
            if (part is ContentPart.ToolCall or ContentPart.ToolResult or ContentPart.Thinking or ContentPart.Audio)
            {
                throw new TranslationException("Bedrock takes text, images and documents of a tool.", "messages");
            }

            WritePart(json, part, media);
        }

        json.WriteEndArray();
        if (result.IsError)
        {
            json.WriteString("status", "error");
        }

        json.WriteEndObject();
        json.WriteEndObject();

        // Inside a result Converse knows no such mark; behind it, it says the same.
        if (result.Cache is null)
        {
            WriteCachePoint(json, result.Content.LastOrDefault(part => part.Cache is not null)?.Cache);
        }
    }

    // Keeping less cached than asked for changes no answer.
    private void WriteCachePoint(Utf8JsonWriter json, CacheMark? mark)
    {
        if (mark is null || !_model.TakesCachePoints)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("cachePoint");
        json.WriteString("type", "default");
        if (mark.Ttl == "1h")
        {
            json.WriteString("ttl", mark.Ttl);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    // The ids of other providers may be longer or hold other signs than Converse takes: those get one made of them, the
    // same for the call and for its result.
    private static string IdOf(string id)
    {
        var isTaken = id.Length is > 0 and <= MaxToolCallId
            && id.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-');
        return isTaken ? id : $"call_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))[..16])}";
    }

    private sealed record Side(bool IsModel, List<ContentPart> Parts);
}
