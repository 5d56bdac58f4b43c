using System.Globalization;
using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>Pages through rows that are numbered as they come, newest first.</summary>
internal static class NumberedPage
{
    /// <summary>The number that the page goes on below.</summary>
    public static ProblemHttpResult? FaultOf(PageQuery page, out long before)
    {
        before = long.MaxValue;
        if (!page.TryRead(out var after, out var problem))
            return problem;
        return after is null || long.TryParse(after, CultureInfo.InvariantCulture, out before)
            ? null
            : AdminProblem.Invalid("invalid_cursor", "cursor is not one that a page gave as next_cursor.");
    }

    /// <param name="page">What was asked for.</param>
    /// <param name="found">One more than fits, if there is one.</param>
    /// <param name="numberOf">A row's number.</param>
    /// <param name="show">A row as it is shown.</param>
    public static Page<TShown> Of<TRow, TShown>(
        PageQuery page, List<TRow> found, Func<TRow, long> numberOf, Func<TRow, TShown> show)
    {
        var next = found.Count > page.Size
            ? PageQuery.CursorOf(numberOf(found[page.Size - 1]).ToString(CultureInfo.InvariantCulture))
            : null;
        return new Page<TShown>([.. found.Take(page.Size).Select(show)], next);
    }
}
