namespace LlmPlatform.Edge.Tests;

/// <summary>Where the providers of the edge under test are.</summary>
internal sealed record ProviderAddresses(Uri First, Uri Second, Uri Raw, Uri Anthropic, Uri Gemini, Uri Bedrock)
{
    /// <summary>For those who want to know the models and call none.</summary>
    public static ProviderAddresses Nowhere { get; } = new(Nobody, Nobody, Nobody, Nobody, Nobody, Nobody);

    private static Uri Nobody => new("http://127.0.0.1:1/v1");
}
