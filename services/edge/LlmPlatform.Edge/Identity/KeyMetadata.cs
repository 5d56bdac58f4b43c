using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace LlmPlatform.Edge.Identity;

/// <summary>How a key's metadata stands in its column.</summary>
internal static class KeyMetadata
{
    public static ValueComparer<Dictionary<string, string>> Comparer { get; } = new(
        (left, right) => ToJson(left!) == ToJson(right!),
        metadata => ToJson(metadata).GetHashCode(StringComparison.Ordinal),
        metadata => new Dictionary<string, string>(metadata));

    public static string ToJson(Dictionary<string, string> metadata) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(metadata, StringComparer.Ordinal));

    public static Dictionary<string, string> FromJson(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
}
