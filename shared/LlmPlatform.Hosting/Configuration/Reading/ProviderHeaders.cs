namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>The key <c>headers</c> of a provider: what is sent to it beside what its wire asks for.</summary>
internal static class ProviderHeaders
{
    private const string Key = "headers";
    private const int MaxHeaders = 32;
    private const int MaxNameLength = 128;
    private const int MaxValueLength = 4096;
    private const string TokenSigns = "!#$%&'*+-.^_`|~";

    /// <summary>Of one connection alone, or what says where a message ends (RFC 9110, section 7.6.1).</summary>
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "expect", "accept-encoding",
    };

    private static readonly HashSet<string> Credentials = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key", "x-amz-date", "x-amz-security-token",
        "x-amz-content-sha256",
    };

    public static IReadOnlyDictionary<string, Secret> Read(SectionReader provider)
    {
        var headers = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
        var texts = provider.TextMap(Key);
        if (texts.Count > MaxHeaders)
            provider.Fault(Key, $"are {texts.Count}; give at most {MaxHeaders}.");
        foreach (var (name, value) in texts)
        {
            var fault = FaultOfName(name) ?? FaultOfValue(value);
            if (fault is null && !headers.TryAdd(name, new Secret(value)))
                fault = "is there twice: header names are the same in upper and lower case.";
            if (fault is not null)
                provider.Fault($"{Key}.{name}", fault);
        }

        return headers;
    }

    private static string? FaultOfName(string name)
    {
        var isToken = name.Length is > 0 and <= MaxNameLength
            && name.All(sign => char.IsAsciiLetterOrDigit(sign) || TokenSigns.Contains(sign));
        if (!isToken)
            return $"is no header name; use 1 to {MaxNameLength} ASCII letters, digits and -.";
        if (OfTheConnection.Contains(name) || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase))
            return "is a header of the connection or the body, which the edge sets; remove it.";
        return Credentials.Contains(name)
            ? "is set from the provider's credential; give that under its own key."
            : null;
    }

    private static string? FaultOfValue(string value) =>
        value.Length > MaxValueLength ? $"has a value of more than {MaxValueLength} characters; shorten it."
        : value.Any(sign => sign is < ' ' or > '~') ? "has a value that no HTTP header carries; use plain ASCII."
        : value.Trim(' ').Length < value.Length ? "has a value with a space at an end, which HTTP drops; remove it."
        : null;
}
