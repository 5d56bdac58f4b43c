using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>Reads what a chat message says: a text, or an array of parts.</summary>
internal static class ChatPartReader
{
    /// <summary>Reads a content of any kind.</summary>
    public static List<ContentPart> ReadContent(RequestObject message) => Read(message, textOnly: false);

    /// <summary>Reads a content that may hold nothing but text.</summary>
    public static List<ContentPart> ReadText(RequestObject message) => Read(message, textOnly: true);

    /// <summary>Reads the mark for caching that callers of other gateways put on parts, messages and tools.</summary>
    public static CacheMark? ReadCache(RequestObject holder) =>
        holder.Object("cache_control") is { } mark ? new CacheMark(mark.Text("ttl")) : null;

    private static List<ContentPart> Read(RequestObject message, bool textOnly)
    {
        if (message.Member("content") is not { } content)
        {
            throw message.Missing("content");
        }

        List<ContentPart> parts = content.ValueKind == JsonValueKind.String
            ? [new ContentPart.Text(message.Text("content")!)]
            : [.. message.Objects("content").Select(part => ReadPart(part, textOnly))];

        // A mark on the whole message means its end.
        if (parts.Count > 0 && ReadCache(message) is { } cache)
        {
            parts[^1] = parts[^1] with { Cache = cache };
        }

        return parts;
    }

    private static ContentPart ReadPart(RequestObject part, bool textOnly)
    {
        var type = part.RequiredText("type");
        ContentPart read = type switch
        {
            "text" => new ContentPart.Text(part.RequiredText("text")),
            "refusal" when !textOnly => new ContentPart.Refusal(part.RequiredText("refusal")),
            "image_url" when !textOnly => ReadImage(part),
            "input_audio" when !textOnly => ReadAudio(part.RequiredObject("input_audio")),
            "file" when !textOnly => ReadFile(part.RequiredObject("file")),
            _ => throw part.Fault("type", textOnly
                ? "must be text in a message of this role"
                : "must be text, image_url, input_audio, file or refusal"),
        };
        return read with { Cache = ReadCache(part) };
    }

    // Some callers write the address where OpenAI has an object.
    private static ContentPart.Image ReadImage(RequestObject part)
    {
        if (part.Member("image_url") is { ValueKind: JsonValueKind.String })
        {
            return new ContentPart.Image(MediaSource.FromUrl(part.RequiredText("image_url"), part.PathOf("image_url")));
        }

        var image = part.RequiredObject("image_url");
        return new ContentPart.Image(MediaSource.FromUrl(image.RequiredText("url"), image.PathOf("url")))
        {
            Detail = image.Text("detail"),
        };
    }

    private static ContentPart.Audio ReadAudio(RequestObject audio)
    {
        var format = audio.RequiredText("format");
        return new ContentPart.Audio(new MediaSource
        {
            MediaType = format == "mp3" ? "audio/mpeg" : $"audio/{format}",
            Base64 = audio.RequiredText("data"),
        });
    }

    private static ContentPart.Document ReadFile(RequestObject file)
    {
        var name = file.Text("filename");
        if (file.Text("file_data") is { } content)
        {
            var source = content.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
                ? MediaSource.FromUrl(content, file.PathOf("file_data"))
                : new MediaSource { Base64 = content };
            return new ContentPart.Document(source) { Name = name };
        }

        var id = file.RequiredText("file_id");
        return new ContentPart.Document(id.Contains("://", StringComparison.Ordinal)
            ? new MediaSource { Url = id, MediaType = file.Text("format") }
            : new MediaSource { FileId = id })
        {
            Name = name,
        };
    }
}
