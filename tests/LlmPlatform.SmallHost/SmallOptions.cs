using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Small;

internal sealed class SmallOptions
{
    public const string Section = "Small:Thing";

    [Range(1, 10)]
    public int Count { get; init; } = 5;
}
