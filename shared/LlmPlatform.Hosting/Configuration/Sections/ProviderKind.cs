using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>Which wire a provider speaks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProviderKind>))]
public enum ProviderKind
{
    /// <summary>OpenAI itself: the compatible wire with a known address.</summary>
    [JsonStringEnumMemberName("openai")]
    OpenAi,

    /// <summary>OpenAI's models served by Azure.</summary>
    [JsonStringEnumMemberName("azure_openai")]
    AzureOpenAi,

    /// <summary>Anthropic's Messages API.</summary>
    [JsonStringEnumMemberName("anthropic")]
    Anthropic,

    /// <summary>Google's Gemini API.</summary>
    [JsonStringEnumMemberName("gemini")]
    Gemini,

    /// <summary>Google's Vertex AI.</summary>
    [JsonStringEnumMemberName("vertex")]
    Vertex,

    /// <summary>Amazon Bedrock.</summary>
    [JsonStringEnumMemberName("bedrock")]
    Bedrock,

    /// <summary>Anyone who speaks OpenAI's wire: DashScope, DeepSeek, Ollama, vLLM and others.</summary>
    [JsonStringEnumMemberName("openai_compatible")]
    OpenAiCompatible,

    /// <summary>Built in: plausible text at a plausible pace, no account anywhere.</summary>
    [JsonStringEnumMemberName("simulated")]
    Simulated,
}
