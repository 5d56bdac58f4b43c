using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Admission;

/// <summary>What a call may cost, and the least it can be made to cost by a lower bound on its output.</summary>
/// <param name="MostNanoUsd">
/// By the dearest candidate, or the two dearest where the call may be hedged: whichever serves, it costs no more.
/// </param>
/// <param name="LeastNanoUsd">With an output that is barely worth having; null: it is taken as it is.</param>
internal readonly record struct CallEstimate(long MostNanoUsd, long? LeastNanoUsd)
{
    // 9 million dollars: the counters in Redis hold no more, and no call costs it.
    private const long MostHeldNanoUsd = 9_000_000 * NanoUsd.PerUsd;

    /// <summary>Estimates a call and notes on it the bounds that the estimate stands on.</summary>
    /// <param name="call">The call, planned and with its prices.</param>
    /// <param name="applicable">What applies to it.</param>
    /// <param name="options">Rules of thumb.</param>
    /// <param name="refusal">Why it cannot be estimated; null when it can.</param>
    public static CallEstimate Of(
        GatewayCall call, ApplicableLimits applicable, EdgeOptions options, out GatewayError? refusal)
    {
        refusal = null;
        if (call.Api.IsFree)
        {
            return default;
        }

        var isEnforced = applicable.HasEnforcedBudget;
        call.InputTokensEstimate = call.KeptInputTokens
            + ((call.RequestBytes + options.BytesPerInputToken - 1) / options.BytesPerInputToken);
        if (call.Request!.ProducesTokens)
        {
            BoundOutput(call, isEnforced, options);
        }

        if (TryPrice(call, call.OutputTokensBound, out var unpriced) is not { } most)
        {
            refusal = isEnforced
                ? GatewayError.AccountingUnavailable(
                    $"The model '{unpriced!.Model.Name}' has no price, and a budget is enforced on this call: "
                    + "add its price to the configuration (0 where it costs nothing).")
                : null;
            return new CallEstimate(PriceOfThosePriced(call), null);
        }

        var least = call.Request.Choices * options.LeastOutputTokens;
        var mayBeLess = isEnforced && call.Request.ProducesTokens && call.Request.MayBoundLower
            && least < call.OutputTokensBound;
        return new CallEstimate(most, mayBeLess ? TryPrice(call, least, out _) : null);
    }

    /// <summary>Lowers the bound on the output to what the money that is held pays for.</summary>
    public void Fit(GatewayCall call, long heldNanoUsd)
    {
        if (LeastNanoUsd is null || heldNanoUsd >= MostNanoUsd)
        {
            return;
        }

        var choices = call.Request!.Choices;
        var (fits, tooMany) = (0L, call.OutputTokensBound / choices);
        while (tooMany - fits > 1)
        {
            var middle = fits + ((tooMany - fits) / 2);
            if (TryPrice(call, choices * middle, out _) <= heldNanoUsd)
            {
                fits = middle;
            }
            else
            {
                tooMany = middle;
            }
        }

        call.OutputTokensBound = choices * fits;
        call.OutputBoundToSend = fits;
        call.IsOutputCut = true;
    }

    private static void BoundOutput(GatewayCall call, bool isEnforced, EdgeOptions options)
    {
        var asked = call.Request!.MaxOutputTokens;
        var (modelBound, isBounded) = (0L, true);
        for (var i = 0; i < call.Candidates.Count; i++)
        {
            var (model, deployment) = (call.Candidates[i].Model, call.Candidates[i].Deployment);
            var bound = deployment.MaxOutputTokens ?? model.MaxOutputTokens;
            modelBound = Math.Max(modelBound, bound ?? 0);
            isBounded &= bound is not null;
        }

        call.OutputTokensBound = call.Request.Choices
            * (asked ?? (isBounded ? modelBound : Math.Max(modelBound, options.DefaultMaxOutputTokens)));
        if (asked is null && !isBounded && isEnforced)
        {
            call.OutputBoundToSend = Math.Max(modelBound, options.DefaultMaxOutputTokens);
        }
    }

    // Null when a candidate has no price, which is then given.
    private static long? TryPrice(GatewayCall call, long outputTokens, out RouteCandidate? unpriced)
    {
        var (most, second) = (0L, 0L);
        for (var i = 0; i < call.Candidates.Count; i++)
        {
            if (PriceOf(call, call.Candidates[i]) is not { } price)
            {
                unpriced = call.Candidates[i];
                return null;
            }

            var cost = Rating.WorstCaseNanoUsd(call.InputTokensEstimate, outputTokens, price);
            second = Math.Max(second, Math.Min(most, cost));
            most = Math.Max(most, cost);
        }

        unpriced = null;
        return MostOf(call, most, second);
    }

    private static long PriceOfThosePriced(GatewayCall call)
    {
        var (most, second) = (0L, 0L);
        foreach (var candidate in call.Candidates)
        {
            if (PriceOf(call, candidate) is { } price)
            {
                var cost = Rating.WorstCaseNanoUsd(call.InputTokensEstimate, call.OutputTokensBound, price);
                second = Math.Max(second, Math.Min(most, cost));
                most = Math.Max(most, cost);
            }
        }

        return MostOf(call, most, second);
    }

    // Two attempts of a hedged call may run at once, and both are billed.
    private static long MostOf(GatewayCall call, long dearest, long second) => Math.Min(
        MostHeldNanoUsd,
        call.Candidates[0].Model.Hedging is null || dearest > MostHeldNanoUsd ? dearest : dearest + second);

    private static Price? PriceOf(GatewayCall call, RouteCandidate candidate) =>
        call.Prices.Find(DeploymentSku.Of(candidate), call.OccurredAt);
}
