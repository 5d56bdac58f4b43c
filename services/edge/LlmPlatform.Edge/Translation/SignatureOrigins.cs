namespace LlmPlatform.Edge.Translation;

/// <summary>Who signs reasoning.</summary>
internal static class SignatureOrigins
{
    /// <summary>Anthropic's Messages API, wherever it is served.</summary>
    public const string Anthropic = "anthropic";

    /// <summary>Gemini and Vertex AI.</summary>
    public const string Gemini = "gemini";

    /// <summary>Bedrock's Converse API.</summary>
    public const string Bedrock = "bedrock";

    /// <summary>OpenAI's Responses API, whose signature is the encrypted reasoning itself.</summary>
    public const string OpenAi = "openai";

    /// <summary>The constant that equals the text; null for any other text.</summary>
    public static string? Known(ReadOnlySpan<char> text) => text switch
    {
        Anthropic => Anthropic,
        Gemini => Gemini,
        Bedrock => Bedrock,
        OpenAi => OpenAi,
        _ => null,
    };
}
