using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Step 4: may they, and can they afford it. Revocation, every limit and a hold in every budget, all or none, in one
/// round trip to Redis.
/// </summary>
internal sealed class AdmissionDesk(
    LimitsTable limits, PriceTable prices, HoldLedger ledger, UsageSpool spool, EdgeOptions options, TimeProvider clock)
{
    // 9 million dollars: the counters in Redis hold no more, and no call costs it.
    private const long MostHeldNanoUsd = 9_000_000 * NanoUsd.PerUsd;

    private static readonly TimeSpan LongestWaitSaid = TimeSpan.FromDays(31);

    public async ValueTask<GatewayError?> AdmitAsync(GatewayCall call)
    {
        if (!spool.IsAccepting)
        {
            return GatewayError.AccountingUnavailable("Usage cannot be kept right now, so no call is made.");
        }

        var caller = call.Caller!;
        using var applicable = limits.Current.Matching(new CallerScopes
        {
            Tenant = caller.Tenant,
            Team = caller.Team,
            User = caller.User,
            KeyId = caller.KeyId,
            KeyName = caller.KeyName,
            Model = call.Request!.Model,
            Tier = caller.Tier,
            Project = caller.Project,
            Route = call.Api.Route,
            ClientAddress = call.Http.Connection.RemoteIpAddress?.ToString(),
        });
        if (call.Api.IsFree)
        {
            applicable.LeaveOutBudgets();
        }

        if (Estimate(call, applicable, out var estimate) is { } unpriced)
        {
            return unpriced;
        }

        AdmissionDecision decision;
        try
        {
            decision = await ledger.ReserveAsync(
                new AdmissionRequest
                {
                    RequestId = call.RequestId,
                    SecretId = caller.SecretId,
                    KeysVersion = caller.KeysVersion,
                    EstimateNanoUsd = estimate,
                    EstimatedTokens = call.InputTokensEstimate + call.OutputTokensBound,
                    Limits = applicable,
                },
                call.Http.RequestAborted);
        }
        catch (QuotaUnavailableException)
        {
            return WithoutRedis(call, applicable);
        }

        call.OccurredAt = decision.AdmittedAt;
        call.RequestAllowance = decision.Requests;
        call.TokenAllowance = decision.Tokens;
        return Judge(call, decision);
    }

    // Nothing to enforce: the call goes on, and its usage is settled from the spool when Redis is back, in the budgets
    // that only count it. Something to enforce: a limit that cannot be checked is not a limit.
    private static GatewayError? WithoutRedis(GatewayCall call, ApplicableLimits applicable)
    {
        if (applicable.HasEnforcedBudget || applicable.RateLimits.Any())
        {
            return GatewayError.QuotaUnavailable();
        }

        call.IsAdmitted = true;
        call.Budgets =
        [
            .. applicable.Budgets.Select(budget => new HeldBudget
            {
                BudgetId = budget.Id,
                Revision = budget.Revision,
                PeriodId = budget.Calendar().At(call.OccurredAt).Id,
            }),
        ];
        return null;
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
        if (limit.Kind
            is RateLimitKind.RequestsPerMinute or RateLimitKind.RequestsPerHour or RateLimitKind.RequestsPerDay)
        {
            call.RequestAllowance = nothingLeft;
        }
        else if (limit.Kind
            is RateLimitKind.TokensPerMinute or RateLimitKind.TokensPerHour or RateLimitKind.TokensPerDay)
        {
            call.TokenAllowance = nothingLeft;
        }

        return GatewayError.RateLimited(limit);
    }

    private GatewayError Refuse(GatewayCall call, BudgetRefusal budget)
    {
        call.RefusedBudget = new RefusedBudget
        {
            BudgetId = budget.BudgetId,
            PeriodId = budget.PeriodId,
            HeldOnly = budget.HeldOnly,
        };
        var wait = budget.ResetsAt - clock.GetUtcNow();
        return GatewayError.BudgetExceeded(
            budget.BudgetName,
            budget.Scope,
            NanoUsd.ToUsd(budget.LimitNanoUsd),
            NanoUsd.ToUsd(budget.HeldNanoUsd),
            budget.ResetsAt,
            budget.HeldOnly,
            wait < LongestWaitSaid ? wait : LongestWaitSaid);
    }

    // The dearest candidate prices the hold: whichever serves, the call costs no more than is held.
    private GatewayError? Estimate(GatewayCall call, ApplicableLimits applicable, out long nanoUsd)
    {
        nanoUsd = 0;
        call.Prices = prices.Current;
        if (call.Api.IsFree)
        {
            return null;
        }

        call.InputTokensEstimate = call.KeptInputTokens
            + ((call.RequestBytes + options.BytesPerInputToken - 1) / options.BytesPerInputToken);
        if (!call.Request!.ProducesTokens)
        {
            return Price(call, applicable, ref nanoUsd);
        }

        var asked = call.Request.MaxOutputTokens;
        var modelBound = call.Candidates.Max(candidate => candidate.Model.MaxOutputTokens ?? 0);
        var isBounded = call.Candidates.All(candidate => candidate.Model.MaxOutputTokens is not null);
        call.OutputTokensBound = call.Request.Choices
            * (asked ?? (isBounded ? modelBound : Math.Max(modelBound, options.DefaultMaxOutputTokens)));
        if (asked is null && !isBounded && applicable.HasEnforcedBudget)
        {
            call.OutputBoundToSend = Math.Max(modelBound, options.DefaultMaxOutputTokens);
        }

        return Price(call, applicable, ref nanoUsd);
    }

    private static GatewayError? Price(GatewayCall call, ApplicableLimits applicable, ref long nanoUsd)
    {
        foreach (var candidate in call.Candidates)
        {
            var sku = PriceSku.For(candidate.Model.Name, candidate.Provider.Name, candidate.Deployment.Model);
            if (call.Prices.Find(sku, call.OccurredAt) is { } price)
            {
                nanoUsd = Math.Min(MostHeldNanoUsd, Math.Max(
                    nanoUsd, Rating.WorstCaseNanoUsd(call.InputTokensEstimate, call.OutputTokensBound, price)));
            }
            else if (applicable.HasEnforcedBudget)
            {
                return GatewayError.AccountingUnavailable(
                    $"The model '{candidate.Model.Name}' has no price, and a budget is enforced on this call: "
                    + "add its price to the configuration (0 where it costs nothing).");
            }
        }

        return null;
    }
}
