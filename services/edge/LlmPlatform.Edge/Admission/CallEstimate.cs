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
/// <param name="MostTokens">Input and output, of both attempts where the call may be hedged.</param>
/// <param name="LeastTokens">As <paramref name="LeastNanoUsd"/>.</param>
/// <param name="OutputTokens">The output that all this stands on: of a hold that grows, the first part of it.</param>
/// <param name="Grows">Whether the hold grows while the answer is streamed.</param>
internal readonly record struct CallEstimate(
    long MostNanoUsd, long? LeastNanoUsd, long MostTokens, long? LeastTokens, long OutputTokens, bool Grows)
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
        var grows = applicable.HoldsGrow && call.Request!.Stream && call.Request.ProducesTokens;
        call.InputTokensEstimate = call.KeptInputTokens
            + ((call.RequestBytes + options.BytesPerInputToken - 1) / options.BytesPerInputToken);
        if (call.Request!.ProducesTokens)
        {
            BoundOutput(call, isEnforced && !grows, options);
        }

        var choices = call.Request.Choices;
        var (bound, part) = (call.OutputTokensBound, choices * options.SoftHoldTokens);
        var output = grows ? Math.Min(bound, part) : bound;
        var (most, mostTokens) = (PriceOf(call, output, out var unpriced), TokensOf(call, output));
        if (unpriced is not null && applicable.HasEnforcedMoneyBudget)
        {
            refusal = GatewayError.AccountingUnavailable(
                $"The model '{unpriced.Model.Name}' has no price, and a budget is enforced on this call: "
                + "add its price to the configuration (0 where it costs nothing).");
        }

        var least = choices * options.LeastOutputTokens;
        var mayBeLess = grows || (isEnforced && call.Request.ProducesTokens && call.Request.MayBoundLower);
        return mayBeLess && least < output
            ? new CallEstimate(most, PriceOf(call, least, out _), mostTokens, TokensOf(call, least), output, grows)
            : new CallEstimate(most, null, mostTokens, null, output, grows);
    }

    /// <summary>The same of all that the call may become, where its hold was to grow.</summary>
    public CallEstimate Whole(GatewayCall call)
    {
        var rest = call.OutputTokensBound - OutputTokens;
        return !Grows ? this : this with
        {
            MostNanoUsd = MostNanoUsd + PriceOfMore(call, OutputTokens, rest),
            MostTokens = MostTokens + rest,
            OutputTokens = call.OutputTokensBound,
        };
    }

    /// <summary>What so much more output costs at most.</summary>
    public static long PriceOfMore(GatewayCall call, long outputTokens, long more) =>
        PriceOf(call, outputTokens + more, out _) - PriceOf(call, outputTokens, out _);

    /// <summary>Lowers the bound on the output to what that which is held pays for.</summary>
    public void Fit(GatewayCall call, long heldNanoUsd, long heldTokens)
    {
        if (LeastNanoUsd is null || (heldNanoUsd >= MostNanoUsd && heldTokens >= MostTokens))
        {
            return;
        }

        var fits = Fitting(call, heldNanoUsd, heldTokens);
        call.OutputTokensBound = call.Request!.Choices * fits;
        call.OutputBoundToSend = fits;
        call.IsOutputCut = true;
    }

    /// <summary>How much output of each answer that which is held pays for, at most what was estimated.</summary>
    public long Fitting(GatewayCall call, long heldNanoUsd, long heldTokens)
    {
        var choices = call.Request!.Choices;
        var (fits, tooMany) = (0L, OutputTokens / choices);
        if (heldNanoUsd >= MostNanoUsd && heldTokens >= MostTokens)
        {
            return tooMany;
        }

        while (tooMany - fits > 1)
        {
            var middle = fits + ((tooMany - fits) / 2);
            if (PriceOf(call, choices * middle, out _) <= heldNanoUsd && TokensOf(call, choices * middle) <= heldTokens)
            {
                fits = middle;
            }
            else
            {
                tooMany = middle;
            }
        }

        return fits;
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

    // A candidate without a price counts nothing, and is given.
    private static long PriceOf(GatewayCall call, long outputTokens, out RouteCandidate? unpriced)
    {
        var (most, second) = (0L, 0L);
        unpriced = null;
        for (var i = 0; i < call.Candidates.Count; i++)
        {
            if (PriceOf(call, call.Candidates[i]) is not { } price)
            {
                unpriced ??= call.Candidates[i];
                continue;
            }

            var web = call.Request!.WebUses;
            var cost = Rating.WorstCaseNanoUsd(
                call.InputTokensEstimate, outputTokens, price, web.Searches, web.Fetches);
            second = Math.Max(second, Math.Min(most, cost));
            most = Math.Max(most, cost);
        }

        return MostOf(call, most, second);
    }

    private static long TokensOf(GatewayCall call, long outputTokens)
    {
        var tokens = call.InputTokensEstimate + outputTokens;
        return call.Candidates[0].Model.Hedging is null ? tokens : 2 * tokens;
    }

    // Two attempts of a hedged call may run at once, and both are billed.
    private static long MostOf(GatewayCall call, long dearest, long second) => Math.Min(
        MostHeldNanoUsd,
        call.Candidates[0].Model.Hedging is null || dearest > MostHeldNanoUsd ? dearest : dearest + second);

    private static Price? PriceOf(GatewayCall call, RouteCandidate candidate) =>
        call.Prices.Find(DeploymentSku.Of(candidate), call.OccurredAt);
}
