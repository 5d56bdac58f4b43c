using System.Buffers;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// Labels of calls as people write them, in the <c>X-Tags</c> header and in the metadata entry <c>tags</c> of a key:
/// <c>env=production, feature=search</c>.
/// </summary>
public static class TagText
{
    /// <summary>The metadata entry of a key that labels its calls.</summary>
    public const string MetadataEntry = "tags";

    /// <summary>How many a call is labelled with by its key, and as many again by its caller.</summary>
    public const int MaxCount = 16;

    /// <summary>The longest name of a tag, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The longest value of a tag, in characters.</summary>
    public const int MaxValueLength = 128;

    /// <summary>How tags are written, for refusals.</summary>
    public const string Form =
        "at most 16 of name=value, divided by commas; names of 1 to 64 letters, digits, '_', '-', '.' or '/', each "
        + "once, values of 1 to 128 printable ASCII characters";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");

    /// <summary>Reads tags such as <c>env=production, feature=search</c>; an empty text has none.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="tags">The tags, as they stand.</param>
    /// <returns>False when they are not written as <see cref="Form"/> says.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IReadOnlyList<UsageTag> tags)
    {
        var read = new List<UsageTag>();
        tags = read;
        foreach (var range in text.Split(','))
        {
            var entry = text[range].Trim(' ');
            if (entry.IsEmpty)
            {
                continue;
            }

            var equals = entry.IndexOf('=');
            var name = equals < 0 ? [] : entry[..equals].Trim(' ');
            var value = entry[(equals + 1)..].Trim(' ');
            if (name.Length is 0 or > MaxNameLength || name.ContainsAnyExcept(NameCharacters)
                || value.Length is 0 or > MaxValueLength || value.ContainsAnyExceptInRange(' ', '~')
                || read.Count == MaxCount || Holds(read, name))
            {
                return false;
            }

            read.Add(new UsageTag { Key = name.ToString(), Value = value.ToString() });
        }

        return true;
    }

    private static bool Holds(List<UsageTag> tags, ReadOnlySpan<char> name)
    {
        foreach (var tag in tags)
        {
            if (name.SequenceEqual(tag.Key))
            {
                return true;
            }
        }

        return false;
    }
}
