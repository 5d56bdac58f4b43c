namespace LlmPlatform.TestKit.Providers;

/// <summary>Which vendor's protocol a <see cref="FakeProvider"/> speaks.</summary>
public enum ProviderWire
{
    /// <summary>Chat completions, responses, completions and embeddings; what compatible servers speak too.</summary>
    OpenAi,

    /// <summary>Messages and their token count.</summary>
    Anthropic,

    /// <summary>generateContent, streamed and not, token counts and embeddings; under Vertex AI's paths too.</summary>
    Gemini,

    /// <summary>Converse, whole and as a binary event stream.</summary>
    Bedrock,
}
