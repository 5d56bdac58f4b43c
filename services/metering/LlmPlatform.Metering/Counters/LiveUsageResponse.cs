using LlmPlatform.Hosting.Admin;

namespace LlmPlatform.Metering.Counters;

/// <summary>The answer of <c>GET /admin/v1/usage/live</c>.</summary>
/// <param name="AsOf">When it was read.</param>
/// <param name="Windows">The current minute, hour and day, UTC.</param>
internal sealed record LiveUsageResponse(DateTimeOffset AsOf, IReadOnlyList<LiveUsageResponse.Window> Windows)
{
    /// <summary>As far as it is an operator's to see.</summary>
    public LiveUsageResponse For(AdminOperator who) => this with
    {
        Windows =
        [
            .. Windows.Select(window =>
                window with { Rows = [.. window.Rows.Where(row => who.Sees(row.Tenant))] }),
        ],
    };

    /// <param name="Name"><c>minute</c>, <c>hour</c> or <c>day</c>.</param>
    /// <param name="Start">Its first instant.</param>
    /// <param name="End">The first instant after it.</param>
    /// <param name="Rows">The dearest first.</param>
    internal sealed record Window(
        string Name, DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<LiveUsageRow> Rows);
}
