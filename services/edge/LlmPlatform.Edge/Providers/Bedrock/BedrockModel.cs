using System.Globalization;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// What a model's id tells of how the model is asked. Ids are <c>anthropic.claude-…</c>, with a region's prefix
/// (<c>eu.anthropic.claude-…</c>) or as the end of an ARN. An ARN of a profile, a provisioned or an imported model
/// tells nothing: then the published name is looked at, and what is not known is taken for able.
/// </summary>
internal sealed class BedrockModel
{
    private const int MaxIdLength = 2048;

    // Version numbers have one or two digits; a date has more.
    private const int MaxVersionDigits = 2;

    private static readonly Version FirstWithSchema = new(4, 5);
    private static readonly Version FirstAdaptive = new(4, 6);
    private static readonly Version FirstOnlyAdaptive = new(4, 7);

    private static readonly string[] OldMistral =
        ["mistral-7b", "mixtral", "mistral-large-24", "mistral-small-24", "pixtral-large"];

    private readonly string _name;

    private BedrockModel(string name)
    {
        _name = name;
        Vendor = VendorOf(name);
        Claude = Vendor == BedrockVendor.Anthropic ? VersionOf(name) : null;
    }

    /// <summary>Who made it.</summary>
    public BedrockVendor Vendor { get; }

    /// <summary>Whether a prefix of a prompt can be marked to be kept in a cache.</summary>
    public bool TakesCachePoints => Vendor == BedrockVendor.Anthropic || IsNova;

    /// <summary>Nova takes some settings under names of its own.</summary>
    public bool IsNova => Vendor == BedrockVendor.Amazon && _name.Contains("nova", StringComparison.Ordinal);

    /// <summary>Nova from its second generation on can be told to think.</summary>
    public bool IsThinkingNova => IsNova && _name.Contains("nova-2", StringComparison.Ordinal);

    /// <summary>A Claude that decides itself how much to think, within an effort.</summary>
    public bool IsAdaptive => Claude >= FirstAdaptive;

    /// <summary>
    /// A Claude that takes no number of tokens to think any more, and shows its thoughts only when asked.
    /// </summary>
    public bool IsOnlyAdaptive => Claude >= FirstOnlyAdaptive;

    /// <summary>How it is made to answer in a given form.</summary>
    public AnswerForcing Forcing => Vendor switch
    {
        BedrockVendor.Anthropic => Claude >= FirstWithSchema ? AnswerForcing.Native : AnswerForcing.Tool,
        BedrockVendor.Amazon => AnswerForcing.Tool,
        BedrockVendor.Mistral when OldMistral.Any(_name.Contains) => AnswerForcing.AnyTool,
        BedrockVendor.Cohere or BedrockVendor.Plain => AnswerForcing.None,
        BedrockVendor.DeepSeek when _name.Contains("r1", StringComparison.Ordinal) => AnswerForcing.None,
        _ => AnswerForcing.Native,
    };

    /// <summary>How it is made to answer with any JSON object, for which there is no schema.</summary>
    public AnswerForcing ForcingWithoutSchema => Vendor switch
    {
        BedrockVendor.Anthropic or BedrockVendor.Amazon => AnswerForcing.Tool,
        BedrockVendor.Mistral => AnswerForcing.AnyTool,
        _ => AnswerForcing.None,
    };

    private Version? Claude { get; }

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

    // claude-3-5-sonnet-20240620-v1:0, claude-sonnet-4-20250514-v1:0, claude-opus-4-6-v1, claude-v2:1, claude-opus-5.
    private static Version VersionOf(string name)
    {
        int? major = null;
        foreach (var part in name.Split('-', '.', ':', ' '))
        {
            var digits = major is null && part.StartsWith('v') ? part[1..] : part;
            var isNumber = digits.Length is > 0 and <= MaxVersionDigits
                && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            if (isNumber && major is null)
            {
                major = int.Parse(digits, CultureInfo.InvariantCulture);
            }
            else if (major is { } known)
            {
                return new Version(known, isNumber ? int.Parse(digits, CultureInfo.InvariantCulture) : 0);
            }
        }

        return new Version(major ?? 0, 0);
    }
}
