namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>Who made a model that Bedrock serves, as far as it matters how the model is asked.</summary>
internal enum BedrockVendor
{
    /// <summary>Not told by the model's id.</summary>
    Unknown,

    /// <summary>Anthropic: Claude.</summary>
    Anthropic,

    /// <summary>Amazon: Nova and Titan.</summary>
    Amazon,

    /// <summary>Mistral.</summary>
    Mistral,

    /// <summary>OpenAI's open models.</summary>
    OpenAi,

    /// <summary>Cohere: Command and Embed.</summary>
    Cohere,

    /// <summary>DeepSeek.</summary>
    DeepSeek,

    /// <summary>Makers whose models take neither a schema for their answer nor an order to call a tool.</summary>
    Plain,

    /// <summary>Everybody else.</summary>
    Other,
}
