namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>Where a provider is, and what its address tells of it.</summary>
internal static class ProviderAddress
{
    /// <summary>The longest label of a host name.</summary>
    private const int MaxLocationLength = 63;

    private const int OllamaPort = 11434;

    /// <summary>
    /// The vendors that have addresses of their own, and those whose name is a usual host name in a private network.
    /// </summary>
    private static readonly (string Domain, ProviderVendor Vendor)[] Domains =
    [
        ("dashscope.aliyuncs.com", ProviderVendor.DashScope),
        ("dashscope-intl.aliyuncs.com", ProviderVendor.DashScope),
        ("dashscope-us.aliyuncs.com", ProviderVendor.DashScope),
        ("deepseek.com", ProviderVendor.DeepSeek),
        ("ollama.com", ProviderVendor.Ollama),
        ("openrouter.ai", ProviderVendor.OpenRouter),
        ("anyscale.com", ProviderVendor.Anyscale),
        ("mistral.ai", ProviderVendor.Mistral),
        ("ollama", ProviderVendor.Ollama),
        ("vllm", ProviderVendor.Vllm),
        ("tgi", ProviderVendor.Tgi),
    ];

    public static Uri? Read(SectionReader provider, ProviderKind kind, string? location, bool hasApiKey)
    {
        if (!provider.Has("base_url"))
            return KnownAddress(kind, location);
        if (provider.Value("base_url") is not { } text)
            return null;

        // OLLAMA_HOST is usually host and port alone. Only where there is a credential to leak must TLS be chosen or
        // declined in writing.
        var isBare = !text.Value.Contains("://", StringComparison.Ordinal);
        return provider.ReadUrl(text, isBare && !hasApiKey ? $"http://{text.Value}" : text.Value);
    }

    /// <summary>It becomes part of a host name, so it is held to what a label of one may be.</summary>
    public static string? ReadLocation(SectionReader provider)
    {
        if (provider.Value("location") is not { } text)
            return null;

        var location = text.Value;
        var isLabel = location.Length is > 0 and <= MaxLocationLength && char.IsAsciiLetterLower(location[0])
            && location[^1] != '-'
            && location.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign == '-');
        if (isLabel)
            return location;
        provider.Fault("location", $"{text.Shown} is no location; write it like eu-central-1.");
        return null;
    }

    /// <summary>Whose address it is, as far as it tells.</summary>
    public static ProviderVendor VendorAt(Uri? address)
    {
        if (address is null)
            return ProviderVendor.Generic;

        foreach (var (domain, vendor) in Domains)
        {
            if (address.Host == domain || address.Host.EndsWith($".{domain}", StringComparison.Ordinal))
                return vendor;
        }

        return address.Port == OllamaPort ? ProviderVendor.Ollama : ProviderVendor.Generic;
    }

    private static Uri? KnownAddress(ProviderKind kind, string? location) => kind switch
    {
        ProviderKind.OpenAi => new Uri("https://api.openai.com/v1"),
        ProviderKind.Anthropic => new Uri("https://api.anthropic.com/v1"),
        ProviderKind.Gemini => new Uri("https://generativelanguage.googleapis.com"),
        ProviderKind.Vertex when location is not null => new Uri($"https://{VertexHost(location)}"),
        ProviderKind.Bedrock when location is not null => new Uri($"https://{BedrockHost(location)}"),
        _ => null,
    };

    private static string VertexHost(string location) => location switch
    {
        "global" => "aiplatform.googleapis.com",
        "us" or "eu" => $"aiplatform.{location}.rep.googleapis.com",
        _ => $"{location}-aiplatform.googleapis.com",
    };

    private static string BedrockHost(string region) =>
        $"bedrock-runtime.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";
}
