using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>Reads the blocks of a Messages request.</summary>
internal static class BlockReading
{
    /// <summary>Reads content that is a text or an array of blocks; nothing when it is absent.</summary>
    public static void ReadContent(RequestObject parent, string name, List<ContentPart> parts)
    {
        if (parent.Member(name) is { ValueKind: JsonValueKind.String })
        {
            parts.Add(new ContentPart.Text(parent.RequiredText(name)));
            return;
        }

        foreach (var block in parent.Objects(name))
        {
            Read(block, parts);
        }
    }

    /// <summary>The mark on a block, a tool or the request; null for none.</summary>
    public static CacheMark? CacheOf(RequestObject holder) =>
        holder.Object("cache_control") is { } control ? new CacheMark(control.Text("ttl")) : null;

    private static void Read(RequestObject block, List<ContentPart> parts)
    {
        var type = block.RequiredText("type");
        if (type == "document")
        {
            ReadDocument(block, parts);
            return;
        }

        ContentPart part = type switch
        {
            "text" => new ContentPart.Text(block.RequiredText("text")),
            "image" => new ContentPart.Image(ReadSource(block.RequiredObject("source"))),
            "thinking" => new ContentPart.Thinking(block.Text("thinking") ?? "")
            {
                Signature = SignatureOf(block.Text("signature")),
            },
            "redacted_thinking" => new ContentPart.Thinking("")
            {
                Signature = SignatureOf(block.RequiredText("data")),
                IsRedacted = true,
            },
            "tool_use" => new ContentPart.ToolCall(
                block.RequiredText("id"), block.RequiredText("name"), block.RequiredObject("input").Value.GetRawText()),
            "tool_result" => ReadResult(block),
            _ => throw block.Fault(
                "type", "is a kind of block that Anthropic alone knows, and this model is served by another"),
        };
        parts.Add(part with { Cache = CacheOf(block) });
    }

    private static ContentPart.ToolResult ReadResult(RequestObject block)
    {
        var content = new List<ContentPart>();
        ReadContent(block, "content", content);
        return new ContentPart.ToolResult(block.RequiredText("tool_use_id"), content)
        {
            IsError = block.Flag("is_error") ?? false,
        };
    }

    // What is said about a document stands before it. A document that is made of blocks is said block by block.
    private static void ReadDocument(RequestObject block, List<ContentPart> parts)
    {
        if (block.Object("citations")?.Flag("enabled") == true)
        {
            throw block.Fault("citations", "are made by Anthropic alone, and this model is served by another");
        }

        if (block.Text("context") is { Length: > 0 } context)
        {
            parts.Add(new ContentPart.Text(context));
        }

        var source = block.RequiredObject("source");
        if (source.RequiredText("type") == "content")
        {
            ReadContent(source, "content", parts);
            return;
        }

        parts.Add(new ContentPart.Document(ReadSource(source))
        {
            Name = block.Text("title"),
            Cache = CacheOf(block),
        });
    }

    private static MediaSource ReadSource(RequestObject source) => source.RequiredText("type") switch
    {
        "base64" => new MediaSource
        {
            MediaType = source.Text("media_type"),
            Base64 = source.RequiredText("data"),
        },
        "url" => MediaSource.FromUrl(source.RequiredText("url"), source.PathOf("url")),
        "text" => new MediaSource
        {
            MediaType = source.Text("media_type") ?? "text/plain",
            Text = source.RequiredText("data"),
        },
        "file" => new MediaSource { FileId = source.RequiredText("file_id") },
        _ => throw source.Fault("type", "must be base64, url, text or file"),
    };

    private static ThoughtSignature? SignatureOf(string? text) =>
        string.IsNullOrEmpty(text) ? null : ThoughtSignature.Parse(text, SignatureOrigins.Anthropic);
}
