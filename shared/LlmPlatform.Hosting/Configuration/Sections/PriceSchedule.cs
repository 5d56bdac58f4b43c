namespace LlmPlatform.Hosting.Configuration;

/// <summary>The prices of a model over time.</summary>
/// <param name="Versions">At least one, the earliest first, no two from the same moment.</param>
public sealed record PriceSchedule(IReadOnlyList<PriceConfiguration> Versions)
{
    /// <summary>The price that applies at a moment.</summary>
    /// <param name="moment">When the call was admitted.</param>
    /// <returns>The latest version that had begun; null when none had: the call is then unpriced.</returns>
    public PriceConfiguration? At(DateTimeOffset moment)
    {
        for (var i = Versions.Count - 1; i >= 0; i--)
        {
            if (Versions[i].EffectiveFrom <= moment)
                return Versions[i];
        }

        return null;
    }
}
