namespace LlmPlatform.Quota;

/// <summary>
/// What of a budget holds at an instant: its limit with the increases of that instant, and a revision of which of two
/// that hold one after the other, or that two processes know of, the higher is the later. So an increase begins and
/// ends everywhere at its instants, and nobody has to do anything then.
/// </summary>
/// <param name="Limit">In the budget's unit.</param>
/// <param name="Revision">
/// The budget's own, less one for each beginning and end of an increase that is still to come: whoever makes an
/// increase known raises the budget's by two, and whoever ends one early by one.
/// </param>
/// <param name="From">Since when.</param>
/// <param name="Until">Until when.</param>
public readonly record struct LimitInForce(long Limit, long Revision, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>What holds at an instant.</summary>
    public static LimitInForce At(
        long limit, long revision, IReadOnlyList<LimitIncrease> increases, DateTimeOffset instant)
    {
        var inForce = new LimitInForce(limit, revision, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        for (var i = 0; i < increases.Count; i++)
            inForce = inForce.With(increases[i], instant);
        return inForce;
    }

    private LimitInForce With(LimitIncrease increase, DateTimeOffset instant)
    {
        var begun = increase.From <= instant;
        var over = increase.Until <= instant;
        var (since, next) = begun
            ? (over ? increase.Until : increase.From, over ? DateTimeOffset.MaxValue : increase.Until)
            : (DateTimeOffset.MinValue, increase.From);
        return new LimitInForce(
            begun && !over ? Limit + increase.Amount : Limit,
            Revision - (begun ? 0 : 1) - (over ? 0 : 1),
            since > From ? since : From,
            next < Until ? next : Until);
    }
}
