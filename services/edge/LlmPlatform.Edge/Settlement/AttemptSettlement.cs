using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Closes attempts, each by exactly one of: a usage record, when the provider may bill it, or a note that it was void.
/// </summary>
internal sealed class AttemptSettlement(
    UsageSpool spool, HoldRelease holds, TokenEstimator estimator, GatewayMetrics metrics, TimeProvider clock)
{
    // See UsageRecorded.EventVersion: an actual figure, no estimate.
    private const int ActualVersion = 2;

    /// <summary>
    /// What an attempt costs by the price pinned for it, in nano-USD; 0 when none is known. A tier or a fee without a
    /// price is unpriced to billing, which says so; budgets are charged what is known, because it is not free.
    /// </summary>
    public static long Cost(TokenUsage tokens, Price? price, string? serviceTier = null, string? region = null) =>
        price is null ? 0 : NanoUsd.FromUsd(Rating.KnownCostUsd(tokens, price, serviceTier, region));

    /// <summary>Output tokens that passed so far, by our own count.</summary>
    public long Counted(OpenAttempt open, StreamPassage passage) =>
        estimator.Output(open.Sku, passage.ContentBytes, passage.ContentEvents);

    /// <summary>Closes an attempt whose whole answer was read.</summary>
    public ValueTask CloseAnsweredAsync(
        GatewayCall call, OpenAttempt open, UpstreamAttempt upstream, AnswerFacts answer)
    {
        var outcome = upstream.CallerGone ? UsageOutcomes.ClientDisconnected : UsageOutcomes.Completed;
        var observed = new Observed(answer.Usage, answer.ProviderRequestId, answer.ContentBytes, 0);
        return CloseAsync(call, open, upstream, outcome, observed, isLast: true);
    }

    /// <summary>Closes an attempt that streamed, to its end or until it failed.</summary>
    public ValueTask CloseStreamedAsync(
        GatewayCall call, OpenAttempt open, UpstreamAttempt upstream, StreamPassage passage, UpstreamError? error)
    {
        var outcome = error switch
        {
            not null => OutcomeOf(error, upstream),
            null when passage.SawError => UsageOutcomes.UpstreamFailed,
            null when upstream.CallerGone => UsageOutcomes.ClientDisconnected,
            _ => UsageOutcomes.Completed,
        };

        // What a provider says before its end is not the whole: only our own count knows how much passed. And where we
        // ended it, because nobody was there to read or to pay, nobody knows how much more was made.
        var isWhole = error is null && !passage.SawError;
        var observed = new Observed(
            passage.Usage, passage.ProviderRequestId, passage.ContentBytes, passage.ContentEvents, isWhole)
        {
            IsCut = error is { Cause: UpstreamCause.BudgetSpent } || (error is not null && upstream.CallerGone),
        };
        return CloseAsync(call, open, upstream, outcome, observed, isLast: true);
    }

    /// <summary>
    /// Closes an attempt that brought no answer. One that reached the provider and got no status back may be billed, so
    /// it is recorded with what it would have consumed at least; the others are void.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="open">The attempt.</param>
    /// <param name="upstream">Its exchange.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="isLast">False when another candidate will be tried.</param>
    public async ValueTask CloseFailedAsync(
        GatewayCall call, OpenAttempt open, UpstreamAttempt upstream, UpstreamError error, bool isLast)
    {
        if (error.Stage is UpstreamStage.FirstByte or UpstreamStage.Body)
        {
            var outcome = OutcomeOf(error, upstream);
            await CloseAsync(call, open, upstream, outcome, Observed.Nothing, isLast, error);
            return;
        }

        Void(call, open, upstream, error.Outcome, error.Status);
    }

    /// <summary>
    /// Closes an attempt that another one outpaced, and that was cut for it. What its provider had answered by then is
    /// billed, or else what it would have consumed at least; nothing where it had not been asked yet, or refused.
    /// </summary>
    public ValueTask CloseOutpacedAsync(Attempt attempt)
    {
        var (call, open, upstream) = (attempt.Call, attempt.Open, attempt.Upstream);

        // One that is not over yet is still being read: nobody knows what of.
        var ended = attempt.Beginning is { IsCompletedSuccessfully: true } beginning ? beginning : null;
        if (ended?.GetAwaiter().GetResult() is { Stage: UpstreamStage.Connect or UpstreamStage.Refused } error)
        {
            Void(call, open, upstream, UsageOutcomes.HedgeLost, error.Status);
            return ValueTask.CompletedTask;
        }

        var observed = (ended, attempt.Relay?.Passage) switch
        {
            (null, _) => Observed.Nothing,
            (_, { } passage) => new Observed(
                passage.Usage, passage.ProviderRequestId, passage.ContentBytes, passage.ContentEvents, IsWhole: false)
            {
                IsCut = true,
            },
            _ => new Observed(
                attempt.Facts.Usage, attempt.Facts.ProviderRequestId, attempt.Facts.ContentBytes, 0),
        };
        return CloseAsync(
            call, open, ended is null ? null : upstream, UsageOutcomes.HedgeLost, observed, isLast: false);
    }

    /// <summary>
    /// However the call ended: an attempt still open is billed as far as it is known, and what is held is freed.
    /// </summary>
    public async ValueTask CloseAbandonedAsync(GatewayCall call)
    {
        try
        {
            while (call.Open is { } open)
            {
                var isLast = call.OpenBeside is null;
                var passage = call.Stream?.Passage;
                var observed = passage is null
                    ? Observed.Nothing
                    : new Observed(
                        passage.Usage, passage.ProviderRequestId, passage.ContentBytes, passage.ContentEvents, false);
                await CloseAsync(call, open, null, UsageOutcomes.UpstreamFailed, observed, isLast);
            }
        }
        finally
        {
            if (call.IsAdmitted && !call.IsSettled)
            {
                holds.Release(call.RequestId);
            }
        }
    }

    // What ends a read after the caller left is the end of the drain.
    private static string OutcomeOf(UpstreamError error, UpstreamAttempt upstream) => error.Cause switch
    {
        UpstreamCause.Timeout when upstream.CallerGone => UsageOutcomes.ClientDisconnected,
        UpstreamCause.Timeout => UsageOutcomes.TimedOut,
        UpstreamCause.BudgetSpent => UsageOutcomes.BudgetEnded,
        _ => UsageOutcomes.UpstreamFailed,
    };

    private ValueTask CloseAsync(
        GatewayCall call,
        OpenAttempt open,
        UpstreamAttempt? upstream,
        string outcome,
        Observed observed,
        bool isLast,
        UpstreamError? error = null)
    {
        if (!call.Closed(open))
        {
            return ValueTask.CompletedTask;
        }

        var (tokens, source) = TokensOf(call, open, observed);
        var tier = observed.Usage?.ServiceTier;
        var region = observed.Usage?.Region ?? open.Region;
        var cost = Cost(tokens, open.Price, tier, region);
        var figures = new AttemptFigures
        {
            EventVersion = ActualVersion,
            RecordedAt = clock.GetUtcNow(),
            ProviderRequestId = observed.ProviderRequestId ?? upstream?.RequestIdHeader,
            Outcome = outcome,
            UsageSource = source,
            Tokens = tokens,
            RawUsage = observed.Usage?.Raw,
            ServiceTier = tier,
            Region = region,
            CostNanoUsd = cost,
            EndsRequest = isLast,
        };
        call.AddUsage(tokens, cost);
        call.IsSettled |= isLast;
        Note(call, open, upstream?.Elapsed ?? TimeSpan.Zero, error?.Outcome ?? outcome, error?.Status);
        metrics.Consumed(call.Caller!.Tenant, open.Candidate, tokens, cost);
        var settles = new UsageSettlement(
            call.RequestId, open.EventId, ActualVersion, cost, call.OccurredAt, isLast, call.Budgets)
        {
            Tokens = tokens.TotalInput + tokens.TotalOutput,
        };
        return spool.RecordUsageAsync(call, open, in figures, in settles);
    }

    private (TokenUsage Tokens, string Source) TokensOf(GatewayCall call, OpenAttempt open, Observed observed)
    {
        var sku = open.Sku;
        var counted = estimator.Output(sku, observed.ContentBytes, observed.ContentEvents);
        if (observed.Usage is not { } report)
        {
            var input = InputOf(call, sku);
            return (new TokenUsage { InputUncached = input, OutputText = counted }, UsageSources.GatewayCounted);
        }

        var tokens = report.Tokens;
        if (report.IsEarly)
        {
            var output = Math.Max(counted, tokens.TotalOutput);
            return (tokens with { OutputText = output, OutputReasoning = 0 }, UsageSources.GatewayCounted);
        }

        if (report.IsConsistent && (observed.IsWhole || (!observed.IsCut && tokens.TotalOutput >= counted)))
        {
            if (observed.IsWhole)
            {
                // What a provider adds from a response it keeps says nothing about the bytes of a request.
                var sentBytes = call.KeptInputTokens > 0 ? 0 : call.RequestBytes;
                estimator.Learn(sku, sentBytes, tokens.TotalInput, observed.ContentBytes, tokens.TotalOutput);
            }

            return (tokens, UsageSources.Provider);
        }

        // Where a provider contradicts itself, or broke off after an early figure, it is not charged for less output
        // than was seen to pass.
        var missing = Math.Max(0, counted - tokens.TotalOutput);
        tokens = tokens with
        {
            InputUncached = tokens.TotalInput > 0 ? tokens.InputUncached : InputOf(call, sku),
            OutputText = tokens.OutputText + missing,
        };
        return (tokens, report.IsConsistent ? UsageSources.GatewayCounted : UsageSources.ProviderInconsistent);
    }

    private long InputOf(GatewayCall call, string sku) =>
        call.KeptInputTokens + estimator.Input(sku, call.RequestBytes);

    private void Void(
        GatewayCall call, OpenAttempt open, UpstreamAttempt upstream, string outcome, int? status)
    {
        if (call.Closed(open))
        {
            spool.RecordVoid(open.EventId, call.RequestId);
            Note(call, open, upstream.Elapsed, outcome, status);
        }
    }

    private void Note(GatewayCall call, OpenAttempt open, TimeSpan elapsed, string outcome, int? status)
    {
        call.AddAttempt(new AttemptSummary
        {
            Attempt = open.Number,
            Provider = open.Candidate.Provider.Name,
            ProviderModel = open.Candidate.Deployment.Model,
            Outcome = outcome,
            Status = status,
            Duration = elapsed,
        });
        metrics.Tried(open.Candidate, outcome);
    }

    /// <summary>What an attempt showed: the provider's figures, and what was seen to pass.</summary>
    private readonly record struct Observed(
        UsageReport? Usage, string? ProviderRequestId, long ContentBytes, long ContentEvents, bool IsWhole = true)
    {
        public static Observed Nothing { get; } = new(null, null, 0, 0);

        /// <summary>We ended it, because its caller had left or its budget had nothing left.</summary>
        public bool IsCut { get; init; }
    }
}
