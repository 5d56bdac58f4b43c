using System.Runtime.CompilerServices;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Step 4: may they, and can they afford it. Revocation, every limit and a hold in every budget, all or none, in one
/// round trip to Redis.
/// </summary>
internal sealed class AdmissionDesk(
    LimitsTable limits,
    PriceTable prices,
    HoldLedger ledger,
    UncheckedAdmission withoutRedis,
    UsageSpool spool,
    EdgeOptions options,
    TimeProvider clock)
{
    private static readonly TimeSpan LongestWaitSaid = TimeSpan.FromDays(31);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<GatewayError?> AdmitAsync(GatewayCall call)
    {
        if (!spool.IsAccepting)
        {
            return GatewayError.AccountingUnavailable("Usage cannot be kept right now, so no call is made.");
        }

        if (!limits.AreKnown)
        {
            return GatewayError.QuotaUnavailable();
        }

        using var applicable = ApplicableTo(call);
        call.Prices = prices.Current;
        var estimate = CallEstimate.Of(call, applicable, options, out var unpriced);
        if (unpriced is not null)
        {
            return unpriced;
        }

        AdmissionDecision? decision;
        try
        {
            // Null: it goes on without an answer. Who may not, waits for one as long as Redis gives a sign of life, or
            // until the deadline: a hiccup must not refuse anybody.
            var answer = await ledger.AskAsync(RequestOf(call, applicable, estimate), call.Http.RequestAborted);
            decision = answer.Decision is not null || withoutRedis.NeedsNoAnswer(call, applicable, estimate.Whole(call))
                ? answer.Decision
                : await ledger.InsistAsync(
                    RequestOf(call, applicable, estimate), answer, call.Http.RequestAborted);
        }
        catch (QuotaUnavailableException)
        {
            decision = null;
            if (!withoutRedis.Admits(call, applicable, estimate.Whole(call)))
            {
                return GatewayError.QuotaUnavailable();
            }
        }

        if (decision is null)
        {
            GoOn(call, applicable, estimate.Whole(call));
            return null;
        }

        call.OccurredAt = decision.AdmittedAt;
        call.RequestAllowance = decision.Requests;
        call.TokenAllowance = decision.Tokens;
        if (decision.Outcome == AdmissionOutcome.Admitted)
        {
            Hold(call, estimate, decision);
        }

        return Judge(call, decision);
    }

    private ApplicableLimits ApplicableTo(GatewayCall call)
    {
        var caller = call.Caller!;
        var applicable = limits.Current.Matching(new CallerScopes
        {
            Tenant = caller.Tenant,
            Team = caller.Team,
            User = caller.User,
            KeyId = caller.KeyId,
            KeyName = caller.KeyName,
            Model = call.LimitedModel ?? call.Request!.Model,
            Tier = caller.Tier,
            Project = caller.Project,
            Route = call.Api.Route,
            ClientAddress = call.Http.Connection.RemoteIpAddress?.ToString(),
        });
        if (call.Api.IsFree)
        {
            applicable.LeaveOutBudgets();
        }

        return applicable;
    }

    // Where the bound on the output can be lowered, it is lowered to what is held; where the hold grows, the stream
    // goes on for as long as it does.
    private void Hold(GatewayCall call, CallEstimate estimate, AdmissionDecision decision)
    {
        if (!estimate.Grows)
        {
            estimate.Fit(call, decision.HeldNanoUsd, decision.HeldTokens);
            call.BeyondHoldNanoUsd = estimate.LeastNanoUsd is null
                ? Math.Max(0, estimate.MostNanoUsd - decision.HeldNanoUsd)
                : 0;
            return;
        }

        var held = call.Request!.Choices * estimate.Fitting(call, decision.HeldNanoUsd, decision.HeldTokens);
        if (held < call.OutputTokensBound)
        {
            call.Growing = new GrowingHold(call, held, ledger, limits, options, clock);
        }
    }

    private static AdmissionRequest RequestOf(
        GatewayCall call, ApplicableLimits applicable, in CallEstimate estimate) =>
        new()
        {
            RequestId = call.RequestId,
            SecretId = call.Caller!.SecretId,
            KeysVersion = call.Caller.KeysVersion,
            EstimateNanoUsd = estimate.MostNanoUsd,
            LeastNanoUsd = estimate.LeastNanoUsd,
            EstimatedTokens = estimate.MostTokens,
            LeastTokens = estimate.LeastTokens,
            Limits = applicable,
        };

    // What goes on is settled from the spool when Redis is back. Should Redis have taken a hold for it all the same, it
    // is the call's: it is renewed with the others, and ends with the call.
    private static void GoOn(GatewayCall call, ApplicableLimits applicable, CallEstimate estimate)
    {
        call.IsAdmitted = true;
        (call.BeyondHoldNanoUsd, call.BeyondHoldTokens) = (estimate.MostNanoUsd, estimate.MostTokens);
        call.Budgets =
        [
            .. applicable.Budgets.Select(budget => new HeldBudget
            {
                BudgetId = budget.Id,
                Revision = budget.Revision,
                PeriodId = budget.Calendar().At(call.OccurredAt).Id,
                CountsTokens = budget.CountsTokens,
            }),
        ];
    }

    private GatewayError? Judge(GatewayCall call, AdmissionDecision decision)
    {
        switch (decision.Outcome)
        {
            case AdmissionOutcome.Admitted:
                call.Budgets = decision.HeldBudgets;
                call.IsAdmitted = true;
                return null;
            case AdmissionOutcome.RateLimited when decision.RateLimit is { } limit:
                return Refuse(call, limit);
            case AdmissionOutcome.BudgetExceeded when decision.Budget is { } budget:
                return Refuse(call, budget);
            default:
                return GatewayError.InvalidApiKey(
                    $"The API key '{call.Caller!.KeyName}' was revoked, deactivated or replaced.");
        }
    }

    private static GatewayError Refuse(GatewayCall call, RateLimitRefusal limit)
    {
        var nothingLeft = new RateAllowance(limit.Limit, Math.Max(0, limit.Limit - limit.Used), limit.RetryAfter);
        if (limit.Kind.CountsRequests())
        {
            call.RequestAllowance = nothingLeft;
        }
        else if (limit.Kind.CountsTokens())
        {
            call.TokenAllowance = nothingLeft;
        }

        return GatewayError.RateLimited(limit);
    }

    /// <summary>How long a caller is told to wait for the next period.</summary>
    public static TimeSpan WaitFor(BudgetRefusal budget, TimeProvider clock)
    {
        var wait = budget.ResetsAt - clock.GetUtcNow();
        return wait < LongestWaitSaid ? wait : LongestWaitSaid;
    }

    private GatewayError Refuse(GatewayCall call, BudgetRefusal budget)
    {
        call.RefusedBudget = new RefusedBudget
        {
            BudgetId = budget.BudgetId,
            PeriodId = budget.PeriodId,
            HeldOnly = budget.HeldOnly,
        };
        return GatewayError.BudgetExceeded(budget, WaitFor(budget, clock));
    }
}
