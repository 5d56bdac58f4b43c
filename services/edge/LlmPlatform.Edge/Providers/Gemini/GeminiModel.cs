namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>A model of Google's, and what its name tells of what it takes.</summary>
internal sealed class GeminiModel
{
    private const int NewestGeneration = 3;

    public GeminiModel(string name)
    {
        Name = name.StartsWith("models/", StringComparison.Ordinal) ? name["models/".Length..] : name;
        Generation = GenerationOf(Name[(Name.LastIndexOf('/') + 1)..]);
    }

    /// <summary>Without the <c>models/</c> before it.</summary>
    public string Name { get; }

    /// <summary>2 for Gemini 2.5; 0 for models that are no Gemini.</summary>
    public int Generation { get; }

    /// <summary>
    /// From the third generation on, how much to think is a word and no longer a number, calls must come back with
    /// their signatures, and media of a function's answer stand inside it.
    /// </summary>
    public bool IsThirdGeneration => Generation >= 3;

    /// <summary>The most tokens the models that take a number may be told to think.</summary>
    public long MaxThinkingBudget => IsPro ? 32_768 : 24_576;

    /// <summary>The least a model of words can be told to think: none can be told not to.</summary>
    public string LeastThinkingLevel => IsPro ? "low" : "minimal";

    private bool IsPro => Name.Contains("pro", StringComparison.Ordinal);

    private static int GenerationOf(string name)
    {
        const string family = "gemini-";
        if (!name.StartsWith(family, StringComparison.Ordinal))
        {
            return 0;
        }

        var digits = name.AsSpan(family.Length);
        var length = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(length < 0 ? digits : digits[..length], out var generation) ? generation
            : name.EndsWith("-latest", StringComparison.Ordinal) ? NewestGeneration
            : 2;
    }
}
