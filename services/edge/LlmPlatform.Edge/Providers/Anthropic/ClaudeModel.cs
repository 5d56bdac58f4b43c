using System.Globalization;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// What a model takes of the Messages protocol, read off its name: the generations differ, and a member a model does
/// not take is a 400. Names are read as Anthropic, Bedrock and Vertex AI write them (<c>claude-opus-4-5-20251101</c>,
/// <c>claude-3-7-sonnet@20250219</c>, <c>us.anthropic.claude-haiku-4-5-20251001-v1:0</c>). A model that is no Claude is
/// one of a server that is compatible: it is taken to know what was there first.
/// </summary>
/// <remarks>
/// Source: Anthropic's migration guides to 4.6, 4.7, 5 and 5.5, and its page on structured outputs, November 2026.
/// </remarks>
internal readonly record struct ClaudeModel
{
    private static readonly char[] Separators = ['-', '.', '@', ':', '_', '[', ']', '/'];

    private readonly string? _family;

    // 4.7 is 407.
    private readonly int _version;

    private ClaudeModel(string? family, int version)
    {
        _family = family;
        _version = version;
    }

    /// <summary>Reads a name.</summary>
    public static ClaudeModel Of(string name)
    {
        var at = name.IndexOf("claude-", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return new ClaudeModel(null, 0);
        }

        string? family = null;
        var numbers = new List<int>(2);
        foreach (var word in name[(at + 7)..].Split(Separators))
        {
            // A date has more digits than a version.
            if (word.Length is 1 or 2 && int.TryParse(word, CultureInfo.InvariantCulture, out var number))
            {
                numbers.Add(number);
            }
            else if (numbers.Count > 0 && family is not null)
            {
                break;
            }
            else
            {
                family ??= word.All(char.IsAsciiLetter) ? word.ToLowerInvariant() : null;
            }
        }

        return new ClaudeModel(
            family ?? "claude", (numbers.ElementAtOrDefault(0) * 100) + numbers.ElementAtOrDefault(1));
    }

    /// <summary>False for a model of a server that is compatible.</summary>
    public bool IsClaude => _family is not null;

    /// <summary>Thinks with a budget of tokens (<c>thinking.type: enabled</c>); from 4.7 on that is refused.</summary>
    public bool TakesBudget => _family is null || (!TakesOnlyAdaptive && _version >= 307);

    /// <summary>Decides itself how much to think (<c>thinking.type: adaptive</c>).</summary>
    public bool TakesAdaptive => TakesOnlyAdaptive || IsFrom(opus: 406, sonnet: 406, haiku: 505);

    /// <summary>Takes <c>output_config.effort</c>.</summary>
    public bool TakesEffort => IsFrom(opus: 405, sonnet: 406, haiku: 505);

    /// <summary>Knows the effort <c>xhigh</c>.</summary>
    public bool TakesExtraHighEffort => TakesOnlyAdaptive;

    /// <summary>Knows the effort <c>max</c>.</summary>
    public bool TakesMaxEffort => TakesOnlyAdaptive || IsFrom(opus: 406, sonnet: 500, haiku: 505);

    /// <summary>Takes temperature, top_p and top_k.</summary>
    public bool TakesSampling => !TakesOnlyAdaptive;

    /// <summary>Takes temperature and top_p in one request.</summary>
    public bool TakesTemperatureWithTopP => _family is null || _version < 401;

    /// <summary>Can be told that it must call a tool.</summary>
    public bool TakesForcedTool => _family switch
    {
        "opus" or "sonnet" => _version < 505,
        "fable" or "mythos" => _version < 501,
        _ => true,
    };

    /// <summary>Follows a schema (<c>output_config.format</c>, <c>strict</c> tools).</summary>
    public bool TakesSchema => IsFrom(opus: 405, sonnet: 405, haiku: 405);

    /// <summary>Thinks also when it is not asked to.</summary>
    public bool ThinksUnasked => IsFrom(opus: 500, sonnet: 500, haiku: 505);

    /// <summary>
    /// What turns its thinking off: <c>disabled</c>, for the later ones <c>between_tools</c> as the nearest to it, or
    /// null where nothing does.
    /// </summary>
    public string? ThinkingOff => _family switch
    {
        "fable" or "mythos" => null,
        "opus" when _version >= 505 => null,
        "sonnet" when _version >= 505 => "between_tools",
        _ => "disabled",
    };

    private bool TakesOnlyAdaptive => IsFrom(opus: 407, sonnet: 500, haiku: 505);

    // Families that came after these three began where those had arrived.
    private bool IsFrom(int opus, int sonnet, int haiku) => _family switch
    {
        null => false,
        "opus" => _version >= opus,
        "sonnet" => _version >= sonnet,
        "haiku" => _version >= haiku,
        "fable" or "mythos" => true,
        _ => _version >= 500,
    };
}
