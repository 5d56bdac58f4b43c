using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// What a model's id tells of how the model is asked. Ids are <c>anthropic.claude-…</c>, with a region's prefix
/// (<c>eu.anthropic.claude-…</c>) or as the end of an ARN. An ARN of a profile, a provisioned or an imported model
/// tells nothing: then the published name is looked at, and what is not known is taken for able.
/// </summary>
internal sealed class BedrockModel
{
    private const int MaxIdLength = 2048;

    private static readonly string[] OldMistral =
        ["mistral-7b", "mixtral", "mistral-large-24", "mistral-small-24", "pixtral-large"];

    private readonly string _name;

    private BedrockModel(string name)
    {
        _name = name;
        Vendor = VendorOf(name);
        Claude = Vendor == BedrockVendor.Anthropic ? ClaudeModel.Of(name) : null;
    }

    /// <summary>Who made it.</summary>
    public BedrockVendor Vendor { get; }

    /// <summary>Whether a prefix of a prompt can be marked to be kept in a cache.</summary>
    public bool TakesCachePoints => Vendor == BedrockVendor.Anthropic || IsNova;

    /// <summary>Nova takes some settings under names of its own.</summary>
    public bool IsNova => Vendor == BedrockVendor.Amazon && _name.Contains("nova", StringComparison.Ordinal);

    /// <summary>Nova from its second generation on can be told to think.</summary>
    public bool IsThinkingNova => IsNova && _name.Contains("nova-2", StringComparison.Ordinal);

    /// <summary>For Anthropic's models, what their generation takes.</summary>
    public ClaudeModel? Claude { get; }

    /// <summary>Follows a schema exactly, in its answers and in the arguments of tools.</summary>
    public bool TakesSchema => ForcingBySchema == AnswerForcing.Native;

    /// <summary>Can be told that it must call a tool.</summary>
    public bool TakesForcedTool => Claude is not { TakesForcedTool: false };

    private AnswerForcing ForcingBySchema => Vendor switch
    {
        BedrockVendor.Anthropic => Claude is { TakesSchema: true } ? AnswerForcing.Native : AnswerForcing.Tool,
        BedrockVendor.Amazon => AnswerForcing.Tool,
        BedrockVendor.Mistral when OldMistral.Any(_name.Contains) => AnswerForcing.AnyTool,
        BedrockVendor.Cohere or BedrockVendor.Plain => AnswerForcing.None,
        BedrockVendor.DeepSeek when _name.Contains("r1", StringComparison.Ordinal) => AnswerForcing.None,
        _ => AnswerForcing.Native,
    };

    private AnswerForcing ForcingByTool => Vendor switch
    {
        BedrockVendor.Anthropic or BedrockVendor.Amazon => AnswerForcing.Tool,
        BedrockVendor.Mistral => AnswerForcing.AnyTool,
        _ => AnswerForcing.None,
    };

    /// <summary>
    /// How it is made to answer in a given form. A schema that need not be followed exactly may say what no grammar
    /// can: it is a tool's, where a tool can be asked for.
    /// </summary>
    public AnswerForcing ForcingOf(OutputFormat? format) => format switch
    {
        null => AnswerForcing.None,
        { Schema: null } => ForcingByTool,
        { Strict: not true } when ForcingByTool != AnswerForcing.None && TakesForcedTool => ForcingByTool,
        _ => ForcingBySchema,
    };

    /// <summary>Reads an id.</summary>
    /// <param name="id">The provider's own name of the model.</param>
    /// <param name="publishedName">What callers call it.</param>
    public static BedrockModel Of(string id, string publishedName)
    {
        var named = new BedrockModel(id[(id.LastIndexOf('/') + 1)..]);
        if (named.Vendor != BedrockVendor.Unknown)
        {
            return named;
        }

        return publishedName.Contains("claude", StringComparison.OrdinalIgnoreCase)
            ? new BedrockModel("anthropic." + publishedName.ToLowerInvariant())
            : named;
    }

    /// <summary>Whether a text can be a model's id or ARN: what else stands in an address leads elsewhere.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= MaxIdLength && char.IsAsciiLetterOrDigit(id[0])
        && id.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or ':' or '/' or '-' or '_');

    private static BedrockVendor VendorOf(string name)
    {
        foreach (var part in name.Split('.'))
        {
            var vendor = part switch
            {
                "anthropic" => BedrockVendor.Anthropic,
                "amazon" => BedrockVendor.Amazon,
                "mistral" => BedrockVendor.Mistral,
                "openai" => BedrockVendor.OpenAi,
                "cohere" => BedrockVendor.Cohere,
                "deepseek" => BedrockVendor.DeepSeek,
                "meta" or "ai21" or "writer" or "twelvelabs" or "stability" => BedrockVendor.Plain,
                "qwen" or "google" or "nvidia" or "minimax" or "moonshot" or "moonshotai" or "zai" =>
                    BedrockVendor.Other,
                _ => BedrockVendor.Unknown,
            };
            if (vendor != BedrockVendor.Unknown)
            {
                return vendor;
            }
        }

        return BedrockVendor.Unknown;
    }
}
