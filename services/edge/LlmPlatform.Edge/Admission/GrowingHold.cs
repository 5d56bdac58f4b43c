using LlmPlatform.Contracts.Requests;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// What a stream under soft budgets holds: enough for a while, and more of it before that is used up. The stream never
/// waits for it: at most one extension is asked for at a time, beside it, and only when a budget has refused one and
/// what is held is used up does the stream end. While Redis is away it goes on, up to the bound on its output.
/// </summary>
internal sealed class GrowingHold
{
    // What is left of a step when the next is asked for, and what passes before a failure is tried again.
    private const int PartOfStep = 4;

    private readonly GatewayCall _call;
    private readonly HoldLedger _ledger;
    private readonly LimitsTable _limits;
    private readonly EdgeOptions _options;
    private readonly TimeProvider _clock;
    private long _heldTokens;
    private long _askAt;
    private int _asking;
    private volatile GatewayError? _refusal;

    /// <param name="call">The stream's call, admitted.</param>
    /// <param name="heldTokens">Output tokens that its hold pays for.</param>
    /// <param name="ledger">Where it is held.</param>
    /// <param name="limits">The budgets by name.</param>
    /// <param name="options">How much at a time.</param>
    /// <param name="clock">For how long a budget that refuses stays shut.</param>
    public GrowingHold(
        GatewayCall call,
        long heldTokens,
        HoldLedger ledger,
        LimitsTable limits,
        EdgeOptions options,
        TimeProvider clock)
    {
        (_call, _ledger, _limits, _options, _clock) = (call, ledger, limits, options, clock);
        Hold(heldTokens);
    }

    /// <summary>Why it cannot grow any more; null: it can.</summary>
    public GatewayError? Refusal => _refusal;

    /// <summary>Which budget refused; to be read after <see cref="Refusal"/>.</summary>
    public RefusedBudget? RefusedBudget { get; private set; }

    /// <summary>True once the stream was told to end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the stream may go on. Costs a comparison, unless it is time to ask for more.</summary>
    /// <param name="outputTokens">How many have passed.</param>
    public bool GoesOn(long outputTokens)
    {
        if (outputTokens >= Volatile.Read(ref _askAt) && Interlocked.Exchange(ref _asking, 1) == 0)
        {
            _ = Task.Run(() => AskAsync(outputTokens));
        }

        IsOver = _refusal is not null && outputTokens >= Volatile.Read(ref _heldTokens);
        return !IsOver;
    }

    // Where a budget has no room for a whole step, it may have for a part of it.
    private async Task AskAsync(long outputTokens)
    {
        try
        {
            for (var step = (long)_options.SoftHoldTokens; ; step /= 2)
            {
                var held = Volatile.Read(ref _heldTokens);
                var price = CallEstimate.PriceOfMore(_call, held, step);
                var extension = await _ledger.ExtendAsync(_call.RequestId, price, step);
                switch (extension.Outcome)
                {
                    case HoldExtensionOutcome.Held:
                        Hold(held + step);
                        return;
                    case HoldExtensionOutcome.Ended:
                        GoOnUnheld(long.MaxValue);
                        return;
                    case HoldExtensionOutcome.Refused when step / 2 < _options.LeastOutputTokens:
                        Refuse(extension);
                        return;
                }
            }
        }
        catch (QuotaUnavailableException)
        {
            GoOnUnheld(outputTokens + (_options.SoftHoldTokens / PartOfStep));
        }
        finally
        {
            Volatile.Write(ref _asking, 0);
        }
    }

    private void Hold(long tokens)
    {
        var step = Math.Min(_options.SoftHoldTokens, _call.OutputTokensBound - tokens);
        (_call.BeyondHoldNanoUsd, _call.BeyondHoldTokens) = step <= 0
            ? (0, 0)
            : (CallEstimate.PriceOfMore(_call, tokens, step), step);
        Volatile.Write(ref _heldTokens, tokens);
        Volatile.Write(
            ref _askAt,
            step <= 0 ? long.MaxValue : Math.Max(0, tokens - (_options.SoftHoldTokens / PartOfStep)));
    }

    // Until somebody answers, all that it may become is beyond its hold.
    private void GoOnUnheld(long askAgainAt)
    {
        var held = Volatile.Read(ref _heldTokens);
        var rest = _call.OutputTokensBound - held;
        (_call.BeyondHoldNanoUsd, _call.BeyondHoldTokens) = (CallEstimate.PriceOfMore(_call, held, rest), rest);
        Volatile.Write(ref _askAt, askAgainAt);
    }

    private void Refuse(HoldExtension extension)
    {
        Volatile.Write(ref _askAt, long.MaxValue);
        if (_limits.Current.FindBudget(extension.BudgetId!) is not { } budget)
        {
            // Deleted meanwhile: nobody minds any more.
            return;
        }

        var refusal = new BudgetRefusal
        {
            BudgetId = budget.Id,
            BudgetName = budget.Name,
            Scope = budget.Scope,
            PeriodId = extension.PeriodId!,
            CountsTokens = budget.CountsTokens,
            Limit = extension.Limit,
            Spent = extension.Spent,
            Held = extension.Held,
            HeldOnly = extension.HeldOnly,
            ResetsAt = budget.Calendar().At(_call.OccurredAt).EndsAt,
        };
        RefusedBudget = new RefusedBudget
        {
            BudgetId = refusal.BudgetId,
            PeriodId = refusal.PeriodId,
            HeldOnly = refusal.HeldOnly,
        };
        _refusal = GatewayError.BudgetEnded(refusal, AdmissionDesk.WaitFor(refusal, _clock));
    }
}
