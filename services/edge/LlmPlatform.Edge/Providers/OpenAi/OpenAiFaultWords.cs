using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>The words of a refusal, wherever a server puts them.</summary>
/// <param name="Message">Its sentence; empty when there is none.</param>
/// <param name="Code">Its code, where that is a text.</param>
/// <param name="Type">Its type.</param>
/// <param name="Param">The member at fault.</param>
/// <param name="InnerCode">Azure's code of the filter that spoke.</param>
/// <param name="Status">The HTTP status, where an error inside a stream names it.</param>
internal readonly record struct OpenAiFaultWords(
    string Message, string? Code, string? Type, string? Param, string? InnerCode, int? Status)
{
    private const int MaxMessageCharacters = 2000;
    private const int MaxWordCharacters = 200;

    // The type of the event, not of what went wrong.
    private const string EventType = "error";

    private static readonly OpenAiFaultWords None = new("", null, null, null, null, null);

    /// <summary>Reads a body, which may be anything.</summary>
    public static OpenAiFaultWords Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;

            // Google's compatible API wraps its errors into an array.
            return Read(root is { ValueKind: JsonValueKind.Array } && root.GetArrayLength() > 0 ? root[0] : root);
        }
        catch (JsonException)
        {
            return None;
        }
    }

    private static OpenAiFaultWords Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return None;
        }

        // TGI and Ollama write the sentence where OpenAI has an object.
        if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String)
        {
            return None with { Message = MessageOf(error), Type = Word(root, "error_type") };
        }

        if (error.ValueKind != JsonValueKind.Object && ChatWire.Object(root, "response") is { } failed)
        {
            return Read(failed);
        }

        // vLLM, Mistral and the events of responses write the object's members at the top; servers built with FastAPI
        // have a "detail".
        var holder = error.ValueKind == JsonValueKind.Object ? error : root;
        return new OpenAiFaultWords(
            holder.TryGetProperty("message", out var message) ? MessageOf(message)
                : holder.TryGetProperty("detail", out var detail) ? MessageOf(detail)
                : "",
            Word(holder, "code"),
            Word(holder, "type") is { } type && type != EventType ? type : null,
            Word(holder, "param"),
            ChatWire.Object(holder, "innererror") is { } inner ? Word(inner, "code") : null,
            StatusOf(holder));
    }

    // Mistral and FastAPI name each member at fault: {"detail":[{"loc":["body","n"],"msg":"…"}]}.
    private static string MessageOf(JsonElement message)
    {
        var text = message.ValueKind switch
        {
            JsonValueKind.String => TextOf(message),
            JsonValueKind.Object when message.TryGetProperty("detail", out var detail) => MessageOf(detail),
            JsonValueKind.Array => string.Join("; ", message.EnumerateArray().Select(MessageOfItem)),
            _ => "",
        };
        return Cut(text, MaxMessageCharacters);
    }

    private static string MessageOfItem(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return MessageOf(item);
        }

        var place = new StringBuilder();
        if (item.TryGetProperty("loc", out var path) && path.ValueKind == JsonValueKind.Array)
        {
            place.AppendJoin('.', path.EnumerateArray().Select(step => step.ToString())).Append(": ");
        }

        return place.Append(ChatWire.Text(item, "msg")).ToString();
    }

    private static int? StatusOf(JsonElement holder)
    {
        var status = ChatWire.Number(holder, "code") ?? ChatWire.Number(holder, "status");
        if (status is null && int.TryParse(Word(holder, "code"), CultureInfo.InvariantCulture, out var spelled))
        {
            status = spelled;
        }

        return status is >= 400 and < 600 ? status : null;
    }

    private static string? Word(JsonElement holder, string member)
    {
        var word = ChatWire.Text(holder, member);
        return word.Length is 0 or > MaxWordCharacters ? null : word;
    }

    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
