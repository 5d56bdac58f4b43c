namespace LlmPlatform.Money.Pricing;

/// <summary>The names providers give to what a call was served as, brought to one name each.</summary>
public static class ServiceTiers
{
    /// <summary>What a call is served as when nobody says otherwise.</summary>
    public const string Standard = "standard";

    /// <summary>Answered within a day, at a discount.</summary>
    public const string Batch = "batch";

    /// <summary>Slower, at a discount.</summary>
    public const string Flex = "flex";

    /// <summary>Faster, at a premium.</summary>
    public const string Priority = "priority";

    /// <summary>One name for the tier; a name that is not known stays as it is, in lower case.</summary>
    public static string Canonical(string? tier) => tier switch
    {
        null or "" or Standard or "default" or "auto" or "on_demand" or "standard_only" => Standard,
        Batch => Batch,
        Flex => Flex,
        Priority or "fast" => Priority,
        _ => IsLower(tier) ? tier : Canonical(tier.ToLowerInvariant()),
    };

    private static bool IsLower(string tier)
    {
        foreach (var letter in tier)
        {
            if (char.IsUpper(letter))
                return false;
        }

        return true;
    }
}
