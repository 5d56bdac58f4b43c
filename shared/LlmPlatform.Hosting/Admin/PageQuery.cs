using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// The page of a list that was asked for: <c>?limit=</c> and <c>?cursor=</c>, bound with <c>[AsParameters]</c>. A
/// cursor names the last item seen, so that a page is right whatever was added or removed before it meanwhile.
/// </summary>
/// <param name="Limit">1 to 1000 items. Default 100.</param>
/// <param name="Cursor">What the page before gave as <c>next_cursor</c>; null for the first.</param>
public readonly record struct PageQuery(int? Limit, string? Cursor)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>How many items to give.</summary>
    public int Size => Limit ?? DefaultLimit;

    /// <summary>The cursor of an item.</summary>
    /// <param name="key">What the list is ordered by, unique in it.</param>
    public static string CursorOf(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <summary>Checks what was asked for.</summary>
    /// <param name="after">The key of the last item seen; null for the first page.</param>
    /// <param name="problem">The answer when it cannot be used.</param>
    /// <returns>False when it cannot be used.</returns>
    public bool TryRead(out string? after, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        after = null;
        problem = null;
        if (Size is < 1 or > MaxLimit)
            problem = AdminProblem.Invalid("invalid_limit", $"limit is from 1 to {MaxLimit}.");
        else if (Cursor is { Length: > 0 } && !TryDecode(Cursor, out after))
            problem = AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page gave as next_cursor.");
        return problem is null;
    }

    /// <summary>Cuts the page out of a list at hand.</summary>
    /// <param name="items">The whole list.</param>
    /// <param name="keyOf">What it is ordered by: unique, compared by ordinal.</param>
    /// <param name="after">As <see cref="TryRead"/> gave it.</param>
    public Page<T> Cut<T>(IEnumerable<T> items, Func<T, string> keyOf, string? after)
    {
        var found = items
            .Where(item => after is null || string.CompareOrdinal(keyOf(item), after) > 0)
            .OrderBy(keyOf, StringComparer.Ordinal)
            .Take(Size + 1)
            .ToList();
        if (found.Count <= Size)
            return new Page<T>(found, null);
        found.RemoveAt(Size);
        return new Page<T>(found, CursorOf(keyOf(found[^1])));
    }

    private static bool TryDecode(string cursor, out string? key)
    {
        key = Base64Url.IsValid(cursor) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : null;

        // Bytes that are no text do not come back as they were.
        return key is not null && CursorOf(key) == cursor;
    }
}
