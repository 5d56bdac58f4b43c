using LlmPlatform.Contracts.Requests;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// What a stream under soft budgets holds: enough for a while, and more of it before that is used up. The stream never
/// waits for it: at most one extension is asked for at a time, beside it, and only when a budget has refused one, and
/// refuses it still while what is held is used up, does the stream end. While Redis is away it goes on, up to the bound
/// on its output.
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
    private volatile Ending? _refusal;
    private Ending? _ending;

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

    /// <summary>Why the stream was told to end; null: it was not.</summary>
    public GatewayError? Refusal => _ending?.Error;

    /// <summary>Which budget had nothing left for it.</summary>
    public RefusedBudget? RefusedBudget => _ending?.Budget;

    /// <summary>True once the stream was told to end.</summary>
    public bool IsOver => _ending is not null;

    /// <summary>Whether the stream may go on. Costs a comparison, unless it is time to ask for more.</summary>
    /// <param name="outputTokens">How many have passed.</param>
    public bool GoesOn(long outputTokens)
    {
        if (outputTokens >= Volatile.Read(ref _askAt) && Interlocked.Exchange(ref _asking, 1) == 0)
        {
            _ = Task.Run(() => AskAsync(outputTokens));
        }

        // Whatever is answered from now on comes too late for a stream that was told to end.
        if (_refusal is { } refusal && outputTokens >= Volatile.Read(ref _heldTokens))
        {
            _ending ??= refusal;
        }

        return !IsOver;
    }

    // Where a budget has no room for a whole step, it may have for a part of it.
    private async Task AskAsync(long outputTokens)
    {
        try
        {
            // One that was refused before asks whether there is anything at all.
            for (long step = _refusal is null ? _options.SoftHoldTokens : _options.LeastOutputTokens; ; step /= 2)
            {
                var held = Volatile.Read(ref _heldTokens);
                var price = CallEstimate.PriceOfMore(_call, held, step);
                var extension = await _ledger.ExtendAsync(_call.RequestId, price, step, BudgetsNow());
                switch (extension.Outcome)
                {
                    case HoldExtensionOutcome.Held:
                        _refusal = null;
                        Hold(held + step);
                        return;
                    case HoldExtensionOutcome.Ended:
                        GoOnUnheld(long.MaxValue);
                        return;
                    case HoldExtensionOutcome.Refused when step / 2 < _options.LeastOutputTokens:
                        Refuse(extension, outputTokens);
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

    // Those of its budgets that are still in force, with the limits that were heard of last.
    private IEnumerable<BudgetDefinition> BudgetsNow()
    {
        var limits = _limits.Current;
        return _call.Budgets.Select(held => limits.FindBudget(held.BudgetId)).OfType<BudgetDefinition>();
    }

    // Until what is held is used up another call may end, or the limit be raised: it asks again, half the way there.
    private void Refuse(HoldExtension extension, long outputTokens)
    {
        var left = Volatile.Read(ref _heldTokens) - outputTokens;
        Volatile.Write(ref _askAt, left > 0 ? outputTokens + Math.Max(1, left / 2) : long.MaxValue);
        if (_limits.Current.FindBudget(extension.BudgetId!) is not { } budget)
        {
            // Deleted meanwhile: nobody minds any more.
            Volatile.Write(ref _askAt, long.MaxValue);
            _refusal = null;
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
        _refusal = new Ending(
            GatewayError.BudgetEnded(refusal, AdmissionDesk.WaitFor(refusal, _clock)),
            new RefusedBudget
            {
                BudgetId = refusal.BudgetId,
                PeriodId = refusal.PeriodId,
                HeldOnly = refusal.HeldOnly,
            });
    }

    private sealed record Ending(GatewayError Error, RefusedBudget Budget);
}
