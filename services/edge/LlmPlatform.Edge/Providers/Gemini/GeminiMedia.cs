using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>Writes pictures, documents and sound as parts.</summary>
internal static class GeminiMedia
{
    // How the beginnings of files look in base64.
    private static readonly (string Beginning, string MediaType)[] Beginnings =
    [
        ("iVBORw0KGgo", "image/png"),
        ("/9j/", "image/jpeg"),
        ("R0lGOD", "image/gif"),
        ("JVBERi", "application/pdf"),
        ("SUQz", "audio/mp3"),
        ("T2dnUw", "audio/ogg"),
        ("ZkxhQw", "audio/flac"),
    ];

    private static readonly (string Ending, string MediaType)[] Endings =
    [
        (".png", "image/png"), (".jpg", "image/jpeg"), (".jpeg", "image/jpeg"), (".gif", "image/gif"),
        (".webp", "image/webp"), (".heic", "image/heic"), (".heif", "image/heif"), (".pdf", "application/pdf"),
        (".txt", "text/plain"), (".wav", "audio/wav"), (".mp3", "audio/mp3"), (".ogg", "audio/ogg"),
        (".flac", "audio/flac"), (".aac", "audio/aac"), (".mp4", "video/mp4"),
    ];

    /// <summary>Writes a part that is not text, thought, call or result.</summary>
    /// <exception cref="TranslationException">Its file is another provider's.</exception>
    public static void Write(Utf8JsonWriter writer, ContentPart part)
    {
        var (source, usual) = part switch
        {
            ContentPart.Image image => (image.Source, "image/jpeg"),
            ContentPart.Document document => (document.Source, "application/pdf"),
            ContentPart.Audio audio => (audio.Source, "audio/wav"),
            _ => throw new TranslationException("This kind of content cannot be sent to Gemini."),
        };
        writer.WriteStartObject();
        if (source.Text is { } text)
        {
            writer.WriteString("text"u8, text);
        }
        else if (source.Base64 is { } content)
        {
            writer.WriteStartObject("inlineData"u8);
            writer.WriteString("mimeType"u8, source.MediaType ?? TypeByBeginning(content) ?? usual);
            writer.WriteString("data"u8, content);
            writer.WriteEndObject();
        }
        else
        {
            var address = source.Url ?? FileOf(source);
            writer.WriteStartObject("fileData"u8);
            if ((source.MediaType ?? TypeByEnding(address) ?? (source.Url is null ? null : usual)) is { } type)
            {
                writer.WriteString("mimeType"u8, type);
            }

            writer.WriteString("fileUri"u8, address);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // Google names its files by address; a name such as file-abc is another provider's.
    private static string FileOf(MediaSource source) =>
        source.FileId is { } id && Uri.TryCreate(id, UriKind.Absolute, out var address)
            && address.Scheme is "https" or "gs"
            ? id
            : throw new TranslationException(
                "A file uploaded to another provider cannot be sent to Gemini: send its content or its address.",
                "file_id");

    private static string? TypeByBeginning(string base64)
    {
        foreach (var (beginning, type) in Beginnings)
        {
            if (base64.StartsWith(beginning, StringComparison.Ordinal))
            {
                return type;
            }
        }

        // Containers: what is in them is told a little later.
        return base64.StartsWith("UklGR", StringComparison.Ordinal) && base64.Length > 16
            ? base64.AsSpan(10, 6).Contains("XRU", StringComparison.Ordinal) ? "image/webp" : "audio/wav"
            : null;
    }

    private static string? TypeByEnding(string address)
    {
        var path = address.AsSpan();
        var end = path.IndexOfAny('?', '#');
        path = end < 0 ? path : path[..end];
        foreach (var (ending, type) in Endings)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        return null;
    }
}
