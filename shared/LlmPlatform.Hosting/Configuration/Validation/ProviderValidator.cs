using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>Each kind of provider has what it needs and nothing that would be ignored.</summary>
internal static class ProviderValidator
{
    private static readonly Dictionary<ProviderKind, string[]> Needs = new()
    {
        [ProviderKind.OpenAi] = ["api_key"],
        [ProviderKind.AzureOpenAi] = ["base_url", "api_key"],
        [ProviderKind.Anthropic] = ["api_key"],
        [ProviderKind.Gemini] = ["api_key"],
        [ProviderKind.Vertex] = ["project", "location", "api_key"],
        [ProviderKind.Bedrock] = ["location"],
        [ProviderKind.OpenAiCompatible] = ["base_url"],
        [ProviderKind.Simulated] = [],
    };

    /// <summary>The keys that are not for everyone, with the kinds they mean something to.</summary>
    private static readonly (string Key, ProviderKind[] Kinds)[] Particular =
    [
        ("api_version", [ProviderKind.AzureOpenAi]),
        ("project", [ProviderKind.Vertex]),
        ("location", [ProviderKind.Vertex, ProviderKind.Bedrock]),
        ("access_key_id", [ProviderKind.Bedrock]),
        ("secret_access_key", [ProviderKind.Bedrock]),
        ("session_token", [ProviderKind.Bedrock]),
        ("vendor", [ProviderKind.OpenAiCompatible]),
    ];

    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        for (var i = 0; i < configuration.Providers.Count; i++)
        {
            var provider = configuration.Providers[i];
            var path = $"providers[{i}]";
            if (provider.Health.Timeout > provider.Health.Interval)
                reading.Fault(
                    $"{path}.health.timeout", "is longer than the interval, so probes would overlap; shorten it.");
            if (reading.HasFaultWithin($"{path}.kind"))
                continue;
            CheckParticular(provider.Kind, path, reading);
            if (provider.Enabled)
                CheckNeeds(provider.Kind, path, reading);
        }
    }

    private static void CheckParticular(ProviderKind kind, string path, FileReading reading)
    {
        foreach (var (key, kinds) in Particular)
        {
            if (!kinds.Contains(kind) && reading.Gives($"{path}.{key}"))
                reading.Fault($"{path}.{key}", $"means nothing to a provider of kind {EnumText.Of(kind)}; remove it.");
        }
    }

    private static void CheckNeeds(ProviderKind kind, string path, FileReading reading)
    {
        foreach (var key in Needs[kind].Where(key => !reading.Gives($"{path}.{key}")))
            reading.Fault($"{path}.{key}", $"is missing; a provider of kind {EnumText.Of(kind)} needs it.");
        if (kind == ProviderKind.Bedrock)
            CheckCredentials(path, reading);
    }

    // Two ways to be known to AWS: with both, it would be a guess which one counts.
    private static void CheckCredentials(string path, FileReading reading)
    {
        var (bearer, id, secret) = ($"{path}.api_key", $"{path}.access_key_id", $"{path}.secret_access_key");
        if (reading.Gives(bearer))
        {
            foreach (var key in new[] { id, secret, $"{path}.session_token" }.Where(reading.Gives))
                reading.Fault(key, "stands beside an api_key; keep the one or the other.");
        }
        else if (!reading.Gives(id) && !reading.Gives(secret))
        {
            reading.Fault(bearer, "is missing; a provider of kind bedrock needs it, or access_key_id and "
                + "secret_access_key.");
        }
        else if (!reading.Gives(id) || !reading.Gives(secret))
        {
            reading.Fault(reading.Gives(id) ? secret : id, "is missing; an AWS key is an id and a secret.");
        }
    }
}
