namespace LlmPlatform.Edge.Translation;

/// <summary>Where a picture, document or sound is: exactly one of address, content, text and file id is set.</summary>
internal sealed record MediaSource
{
    /// <summary>Its media type, for example <c>image/png</c>; null when the caller did not say.</summary>
    public string? MediaType { get; init; }

    /// <summary>Where the provider may fetch it.</summary>
    public string? Url { get; init; }

    /// <summary>Its content in base64, without a <c>data:</c> prefix.</summary>
    public string? Base64 { get; init; }

    /// <summary>Its content, where it is plain text.</summary>
    public string? Text { get; init; }

    /// <summary>The provider's id of a file uploaded before.</summary>
    public string? FileId { get; init; }

    /// <summary>Reads an address that may be a <c>data:</c> URL (RFC 2397) in base64.</summary>
    /// <exception cref="TranslationException">A <c>data:</c> URL that is not in base64.</exception>
    public static MediaSource FromUrl(string url, string param)
    {
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return new MediaSource { Url = url };
        }

        var comma = url.IndexOf(',', StringComparison.Ordinal);
        var head = comma < 0 ? "" : url[5..comma];
        if (!head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            throw new TranslationException($"'{param}' is a data: URL that is not in base64.", param);
        }

        var mediaType = head[..^7].Split(';')[0];
        return new MediaSource
        {
            MediaType = mediaType.Length == 0 ? null : mediaType,
            Base64 = url[(comma + 1)..],
        };
    }

    /// <summary>The same as one address, for protocols that take nothing else; null for text and file ids.</summary>
    public string? ToUrl(string defaultMediaType) =>
        Url ?? (Base64 is null ? null : $"data:{MediaType ?? defaultMediaType};base64,{Base64}");
}
