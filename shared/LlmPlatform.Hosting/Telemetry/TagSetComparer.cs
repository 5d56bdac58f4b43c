namespace LlmPlatform.Hosting.Telemetry;

/// <summary>
/// Compares tag sets, kept ones with the span that a measurement brings, so that looking up a known series copies
/// nothing.
/// </summary>
internal sealed class TagSetComparer
    : IEqualityComparer<TagSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, TagSet>
{
    public static readonly TagSetComparer Instance = new();

    public bool Equals(TagSet x, TagSet y) => Equals(x.Tags, y);

    public int GetHashCode(TagSet obj) => GetHashCode(obj.Tags);

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, TagSet other)
    {
        var tags = other.Tags;
        if (alternate.Length != tags.Length)
        {
            return false;
        }

        // A call site nearly always names its tags in the same order.
        var same = 0;
        while (same < tags.Length && IsSame(alternate[same], tags[same]))
        {
            same++;
        }

        return same == tags.Length
            || (ContainsAll(alternate[same..], tags[same..]) && ContainsAll(tags[same..], alternate[same..]));
    }

    // A sum, so that the order does not matter.
    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var hash = alternate.Length;
        foreach (var (key, value) in alternate)
        {
            hash += HashCode.Combine(key, value);
        }

        return hash;
    }

    public TagSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate.ToArray());

    private static bool ContainsAll(
        ReadOnlySpan<KeyValuePair<string, object?>> outer, ReadOnlySpan<KeyValuePair<string, object?>> inner)
    {
        foreach (var wanted in inner)
        {
            var found = false;
            foreach (var candidate in outer)
            {
                found |= IsSame(candidate, wanted);
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSame(KeyValuePair<string, object?> one, KeyValuePair<string, object?> other) =>
        one.Key == other.Key && (ReferenceEquals(one.Value, other.Value) || Equals(one.Value, other.Value));
}
