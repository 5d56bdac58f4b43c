using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Writes pictures, documents and sounds as Converse takes them: by their content, or by an address in S3. It fetches
/// nothing from elsewhere, and neither does the gateway: an address of the caller's choosing is not ours to visit.
/// </summary>
internal sealed class ConverseMedia(Utf8JsonWriter json)
{
    private const int MaxNameLength = 200;

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public void WriteImage(ContentPart.Image image)
    {
        var format = ImageFormat(image.Source) ?? throw Unknown("picture", "PNG, JPEG, GIF or WebP");
        Begin("image", format);
        WriteSource("picture", image.Source);
        End();
    }

    public void WriteDocument(ContentPart.Document document)
    {
        var format = DocumentFormat(document) ?? throw Unknown(
            "document", "PDF, CSV, DOC, DOCX, XLS, XLSX, HTML, TXT or Markdown");
        Begin("document", format);
        json.WriteString("name", NameOf(document.Name));
        WriteSource("document", document.Source);
        End();
    }

    public void WriteAudio(ContentPart.Audio audio)
    {
        var format = AudioFormat(audio.Source.MediaType) ?? throw Unknown("sound", "WAV, MP3, FLAC, OGG, AAC or WebM");
        Begin("audio", format);
        WriteSource("sound", audio.Source);
        End();
    }

    private static string? ImageFormat(MediaSource source) => source.MediaType?.ToLowerInvariant() switch
    {
        "image/png" => "png",
        "image/jpeg" or "image/jpg" => "jpeg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        null when source.Base64 is { } content => SniffImage(content),
        null when source.Url is { } url => Extension(url) switch
        {
            "jpg" => "jpeg",
            "png" or "jpeg" or "gif" or "webp" => Extension(url),
            _ => null,
        },
        _ => null,
    };

    // The first bytes of each format, in base64.
    private static string? SniffImage(string content) =>
        content.StartsWith("iVBORw0KGgo", StringComparison.Ordinal) ? "png"
        : content.StartsWith("/9j/", StringComparison.Ordinal) ? "jpeg"
        : content.StartsWith("R0lGOD", StringComparison.Ordinal) ? "gif"
        : content.StartsWith("UklGR", StringComparison.Ordinal) ? "webp"
        : null;

    private static string? DocumentFormat(ContentPart.Document document)
    {
        if (document.Source.Text is not null)
        {
            return "txt";
        }

        return document.Source.MediaType?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            "application/pdf" => "pdf",
            "text/csv" => "csv",
            "application/msword" => "doc",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
            "application/vnd.ms-excel" => "xls",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
            "text/html" => "html",
            "text/markdown" => "md",
            "text/plain" => "txt",
            _ => Extension(document.Name ?? document.Source.Url ?? "") switch
            {
                ("pdf" or "csv" or "doc" or "docx" or "xls" or "xlsx" or "html" or "txt" or "md") and { } known =>
                    known,
                _ => document.Source.Base64?.StartsWith("JVBERi", StringComparison.Ordinal) == true ? "pdf" : null,
            },
        };
    }

    private static string? AudioFormat(string? mediaType) => mediaType?.ToLowerInvariant() switch
    {
        "audio/wav" or "audio/x-wav" or "audio/wave" => "wav",
        "audio/mpeg" or "audio/mp3" => "mp3",
        "audio/flac" => "flac",
        "audio/ogg" => "ogg",
        "audio/aac" => "aac",
        "audio/webm" => "webm",
        _ => null,
    };

    private static string Extension(string name) =>
        name[(name.LastIndexOf('.') + 1)..].ToLower(CultureInfo.InvariantCulture);

    // Letters, digits, single spaces, hyphens and brackets; and no name twice in a request.
    private string NameOf(string? given)
    {
        var name = new StringBuilder();
        foreach (var sign in Path.GetFileNameWithoutExtension(given ?? "").Trim())
        {
            var kept = char.IsAsciiLetterOrDigit(sign) || sign is '-' or '(' or ')' or '[' or ']' ? sign : ' ';
            if (kept != ' ' || (name.Length > 0 && name[^1] != ' '))
            {
                name.Append(kept);
            }
        }

        var plain = name.ToString().Trim();
        plain = plain.Length == 0 ? "document" : plain[..Math.Min(plain.Length, MaxNameLength - 8)].TrimEnd();
        var unique = plain;
        for (var count = 2; !_names.Add(unique); count++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{plain} ({count})");
        }

        return unique;
    }

    private void Begin(string kind, string format)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        json.WriteString("format", format);
    }

    private void WriteSource(string what, MediaSource source)
    {
        json.WriteStartObject("source");
        if (source.Base64 is { } content)
        {
            json.WriteString("bytes", content);
        }
        else if (source.Text is { } text)
        {
            json.WriteBase64String("bytes", Encoding.UTF8.GetBytes(text));
        }
        else if (source.Url is { } url && url.StartsWith("s3://", StringComparison.Ordinal))
        {
            json.WriteStartObject("s3Location");
            json.WriteString("uri", url);
            json.WriteEndObject();
        }
        else
        {
            throw new TranslationException(
                $"Bedrock takes a {what} as its content in base64 or from s3://, not by another address or file id.",
                "messages");
        }

        json.WriteEndObject();
    }

    private void End()
    {
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static TranslationException Unknown(string what, string known) =>
        new($"Bedrock cannot tell what kind of {what} this is; say its media type, one of {known}.", "messages");
}
