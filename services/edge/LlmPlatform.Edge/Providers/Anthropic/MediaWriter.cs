using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>Writes where a picture or a document is, as Anthropic's <c>source</c>.</summary>
internal static class MediaWriter
{
    private const string Pdf = "application/pdf";

    /// <summary>Writes a picture's source.</summary>
    /// <exception cref="TranslationException">It is of a kind that Anthropic does not take.</exception>
    public static void WriteImage(Utf8JsonWriter json, MediaSource source)
    {
        json.WriteStartObject("source");
        if (source.Base64 is { } content)
        {
            json.WriteString("type", "base64");
            json.WriteString("media_type", ImageTypeOf(source.MediaType, content));
            json.WriteString("data", content);
        }
        else
        {
            WriteElsewhere(json, source);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a document's source.</summary>
    /// <exception cref="TranslationException">It is of a kind that Anthropic does not take.</exception>
    public static void WriteDocument(Utf8JsonWriter json, MediaSource source)
    {
        json.WriteStartObject("source");
        if (source.Text is { } text)
        {
            WriteText(json, text);
        }
        else if (source.Base64 is { } content)
        {
            WriteDocument(json, source.MediaType ?? Pdf, content);
        }
        else
        {
            WriteElsewhere(json, source);
        }

        json.WriteEndObject();
    }

    private static void WriteDocument(Utf8JsonWriter json, string mediaType, string content)
    {
        if (mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase))
        {
            WriteText(json, TextOf(content));
            return;
        }

        if (!mediaType.Equals(Pdf, StringComparison.OrdinalIgnoreCase))
        {
            throw new TranslationException(
                $"The provider of this model takes documents as PDF or text, not as '{mediaType}'.");
        }

        json.WriteString("type", "base64");
        json.WriteString("media_type", Pdf);
        json.WriteString("data", content);
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteString("type", "text");
        json.WriteString("media_type", "text/plain");
        json.WriteString("data", text);
    }

    private static void WriteElsewhere(Utf8JsonWriter json, MediaSource source)
    {
        if (source.FileId is { } file)
        {
            json.WriteString("type", "file");
            json.WriteString("file_id", file);
            return;
        }

        json.WriteString("type", "url");
        json.WriteString("url", source.Url);
    }

    // Callers that do not know say nothing; the first bytes tell.
    private static string ImageTypeOf(string? said, string base64) => said switch
    {
        "image/jpg" => "image/jpeg",
        not null => said,
        null when base64.StartsWith("/9j/", StringComparison.Ordinal) => "image/jpeg",
        null when base64.StartsWith("R0lGOD", StringComparison.Ordinal) => "image/gif",
        null when base64.StartsWith("UklGR", StringComparison.Ordinal) => "image/webp",
        _ => "image/png",
    };

    private static string TextOf(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new TranslationException("A document's content is not in base64.");
        }
    }
}
