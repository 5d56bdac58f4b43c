using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

internal static class ProviderValidator
{
    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        for (var i = 0; i < configuration.Providers.Count; i++)
        {
            var provider = configuration.Providers[i];
            var path = $"providers[{i}]";
            if (provider.Health.Timeout > provider.Health.Interval)
                reading.Fault(
                    $"{path}.health.timeout", "is longer than the interval, so probes would overlap; shorten it.");
            if (provider.Enabled && !reading.HasFaultWithin($"{path}.kind"))
                CheckNeeds(provider, path, reading);
        }
    }

    private static void CheckNeeds(ProviderConfiguration provider, string path, FileReading reading)
    {
        var needsAddress = provider.Kind is ProviderKind.OpenAiCompatible or ProviderKind.AzureOpenAi;
        if (needsAddress && provider.BaseUrl is null && !reading.Gives($"{path}.base_url"))
            reading.Fault(
                $"{path}.base_url", $"is missing; kind {EnumText.Of(provider.Kind)} has no address of its own.");

        var needsCredential = provider.Kind is ProviderKind.OpenAi or ProviderKind.AzureOpenAi
            or ProviderKind.Anthropic or ProviderKind.Gemini;
        if (needsCredential && provider.ApiKey is null && !reading.Gives($"{path}.api_key"))
            reading.Fault($"{path}.api_key", $"is missing; kind {EnumText.Of(provider.Kind)} asks for one.");
    }
}
