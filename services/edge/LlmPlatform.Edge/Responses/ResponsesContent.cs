using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>Reads the content of messages and of tool results.</summary>
internal static class ResponsesContent
{
    /// <summary>Reads a member that is a text or a list of parts.</summary>
    public static IReadOnlyList<ContentPart> Read(RequestObject item, string name) => item.Member(name) switch
    {
        null => throw item.Missing(name),
        { ValueKind: JsonValueKind.String } => [new ContentPart.Text(item.RequiredText(name))],
        _ => [.. item.Objects(name).Select(ReadPart)],
    };

    private static ContentPart ReadPart(RequestObject part) => part.RequiredText("type") switch
    {
        "input_text" or "output_text" or "text" => new ContentPart.Text(part.RequiredText("text")),
        "refusal" => new ContentPart.Refusal(part.RequiredText("refusal")),
        "input_image" => new ContentPart.Image(ReadImage(part)) { Detail = part.Text("detail") },
        "input_file" => new ContentPart.Document(ReadFile(part)) { Name = part.Text("filename") },
        "input_audio" => new ContentPart.Audio(ReadAudio(part.RequiredObject("input_audio"))),
        var other => throw ResponsesGeneration.CannotBeSaid(
            part.Path, $"content of type '{other}'", "Leave it out, or choose a model of OpenAI."),
    };

    private static MediaSource ReadImage(RequestObject part) =>
        part.Text("image_url") is { } url ? MediaSource.FromUrl(url, part.PathOf("image_url"))
        : part.Text("file_id") is { } id ? new MediaSource { FileId = id }
        : throw part.Missing("image_url");

    // The content of a file is a data: URL in OpenAI's examples, and plain base64 in its reference.
    private static MediaSource ReadFile(RequestObject part)
    {
        if (part.Text("file_data") is { } data)
        {
            return data.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
                ? MediaSource.FromUrl(data, part.PathOf("file_data"))
                : new MediaSource { Base64 = data };
        }

        return part.Text("file_url") is { } url ? MediaSource.FromUrl(url, part.PathOf("file_url"))
            : part.Text("file_id") is { } id ? new MediaSource { FileId = id }
            : throw part.Missing("file_data");
    }

    private static MediaSource ReadAudio(RequestObject audio) => new()
    {
        MediaType = $"audio/{audio.RequiredText("format")}",
        Base64 = audio.RequiredText("data"),
    };
}
