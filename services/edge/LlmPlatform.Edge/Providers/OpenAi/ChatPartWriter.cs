using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>Writes one part of a chat message's content.</summary>
internal static class ChatPartWriter
{
    private const string Pdf = "application/pdf";

    /// <summary>Writes it.</summary>
    /// <exception cref="TranslationException">The server takes no such part.</exception>
    public static void Write(Utf8JsonWriter json, ContentPart part, ChatDialect dialect)
    {
        json.WriteStartObject();
        switch (part)
        {
            case ContentPart.Text text:
                json.WriteString("type", "text");
                json.WriteString("text", text.Value);
                break;
            case ContentPart.Image image:
                WriteImage(json, image, dialect);
                break;
            case ContentPart.Audio audio:
                WriteAudio(json, audio.Source);
                break;
            case ContentPart.Document document:
                WriteDocument(json, document, dialect);
                break;
            default:
                throw new TranslationException("The provider of this model takes no such part in a user's message.");
        }

        ChatMessageWriter.WriteCache(json, part.Cache, dialect);
        json.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter json, ContentPart.Image image, ChatDialect dialect)
    {
        if (image.Source.Url is not null && !dialect.FetchesImages)
        {
            throw new TranslationException(
                "The provider of this model fetches no images: send the image itself, in base64.");
        }

        var url = image.Source.ToUrl("image/png") ?? throw new TranslationException(
            "The provider of this model takes images by address or in base64, not by file id.");
        json.WriteString("type", "image_url");
        json.WriteStartObject("image_url");
        json.WriteString("url", url);
        if (image.Detail is { } detail)
        {
            json.WriteString("detail", detail);
        }

        json.WriteEndObject();
    }

    private static void WriteAudio(Utf8JsonWriter json, MediaSource source)
    {
        var content = source.Base64 ?? throw new TranslationException(
            "The provider of this model takes sound in base64 only, not by address or file id.");
        json.WriteString("type", "input_audio");
        json.WriteStartObject("input_audio");
        json.WriteString("data", content);
        json.WriteString("format", source.MediaType switch
        {
            "audio/mpeg" or "audio/mp3" => "mp3",
            null or "audio/wav" or "audio/x-wav" or "audio/wave" or "audio/vnd.wave" => "wav",
            var type => type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..],
        });
        json.WriteEndObject();
    }

    private static void WriteDocument(Utf8JsonWriter json, ContentPart.Document document, ChatDialect dialect)
    {
        var source = document.Source;
        if (source.Text is { } text)
        {
            json.WriteString("type", "text");
            json.WriteString("text", document.Name is { } title ? $"{title}\n\n{text}" : text);
        }
        else if (dialect.Documents == DocumentSpelling.None)
        {
            throw new TranslationException("The provider of this model takes no documents; send their text.");
        }
        else if (dialect.Documents == DocumentSpelling.DocumentUrl)
        {
            json.WriteString("type", "document_url");
            json.WriteString("document_url", source.ToUrl(Pdf) ?? throw NotByFileId());
        }
        else
        {
            WriteFile(json, document, dialect.Documents == DocumentSpelling.FileOrUrl);
        }
    }

    private static void WriteFile(Utf8JsonWriter json, ContentPart.Document document, bool takesUrls)
    {
        json.WriteString("type", "file");
        json.WriteStartObject("file");
        if (document.Source.FileId is { } id)
        {
            json.WriteString("file_id", id);
        }
        else if (document.Source.Url is not null && !takesUrls)
        {
            throw new TranslationException(
                "The provider of this model fetches no documents: send the document itself, in base64.");
        }
        else
        {
            json.WriteString("filename", document.Name ?? "document.pdf");
            json.WriteString("file_data", document.Source.ToUrl(Pdf));
        }

        json.WriteEndObject();
    }

    private static TranslationException NotByFileId() =>
        new("The provider of this model takes documents by address or in base64, not by file id.");
}
