using System.Text.Json.Serialization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>Whose dialect of OpenAI's wire a provider of kind <c>openai_compatible</c> speaks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProviderVendor>))]
public enum ProviderVendor
{
    /// <summary>None that we know: the wire as OpenAI documents it.</summary>
    [JsonStringEnumMemberName("generic")]
    Generic,

    /// <summary>Alibaba Cloud Model Studio, which serves Qwen.</summary>
    [JsonStringEnumMemberName("dashscope")]
    DashScope,

    /// <summary>DeepSeek.</summary>
    [JsonStringEnumMemberName("deepseek")]
    DeepSeek,

    /// <summary>Ollama.</summary>
    [JsonStringEnumMemberName("ollama")]
    Ollama,

    /// <summary>vLLM.</summary>
    [JsonStringEnumMemberName("vllm")]
    Vllm,

    /// <summary>Hugging Face's Text Generation Inference.</summary>
    [JsonStringEnumMemberName("tgi")]
    Tgi,

    /// <summary>OpenRouter.</summary>
    [JsonStringEnumMemberName("openrouter")]
    OpenRouter,

    /// <summary>Anyscale.</summary>
    [JsonStringEnumMemberName("anyscale")]
    Anyscale,

    /// <summary>Mistral.</summary>
    [JsonStringEnumMemberName("mistral")]
    Mistral,
}
