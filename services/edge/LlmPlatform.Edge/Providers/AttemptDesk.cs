using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Money;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>
/// Opens and closes attempts. An attempt is opened by an intent in the spool before anything is sent, and closed by
/// exactly one of: a usage record, when the provider may bill it, or a note that it was void.
/// </summary>
internal sealed class AttemptDesk(
    UpstreamClients clients,
    UsageSpool spool,
    HoldRelease holds,
    UpstreamOptions options,
    GatewayMetrics metrics,
    TimeProvider clock)
{
    private const int MaxRefusalBytes = 64 * 1024;

    public int MaxAttempts => options.MaxAttempts;

    public int MaxEventBytes => options.MaxEventBytes;

    /// <summary>Writes the intent; null when the spool cannot take it, and then nothing may be sent.</summary>
    public async ValueTask<OpenAttempt?> OpenAsync(GatewayCall call, RouteCandidate candidate)
    {
        var number = call.Attempts.Count + 1;
        var sku = PriceSku.For(candidate.Model.Name, candidate.Provider.Name, candidate.Deployment.Model);
        var price = call.Prices.Find(sku, call.OccurredAt);
        var tokens = new TokenUsage { InputUncached = call.InputTokensEstimate };
        var intent = new UsageRecorded
        {
            EventId = EventIdentity.Usage(call.RequestId, number, 0),
            EventVersion = 1,
            RequestId = call.RequestId,
            Attempt = number,
            Part = 0,
            OccurredAt = call.OccurredAt,
            RecordedAt = clock.GetUtcNow(),
            Tenant = call.Caller!.Tenant,
            Team = call.Caller.Team,
            CostCenter = call.Caller.CostCenter,
            Project = call.Caller.Project,
            User = call.Caller.User,
            KeyId = call.Caller.KeyId,
            KeyName = call.Caller.KeyName,
            Operation = call.Operation,
            ModelRequested = call.Request!.Model,
            Model = candidate.Model.Name,
            Provider = candidate.Provider.Name,
            ProviderModel = candidate.Deployment.Model,
            IsStream = call.Request.Stream,
            Outcome = UsageOutcomes.Recovered,
            UsageSource = UsageSources.RecoveredEstimate,
            Tokens = tokens,
            Sku = sku,
            PriceVersion = price?.VersionId,
            CostNanoUsd = Cost(tokens, price),
            Budgets = call.Budgets,
        };
        try
        {
            await spool.RecordIntentAsync(
                new CallIntent
                {
                    Estimate = intent,
                    Route = call.Route,
                    RequestBytes = call.RequestBytes,
                    Price = price,
                },
                CancellationToken.None);
        }
        catch (SpoolUnavailableException)
        {
            return null;
        }

        call.Open = new OpenAttempt(number, candidate, price, intent);
        return call.Open;
    }

    public UpstreamAttempt Connect(GatewayCall call, OpenAttempt open) =>
        new(
            open.Candidate.Provider,
            call.Request!.Stream,
            clock,
            options.DrainTimeout,
            call.Http.RequestAborted);

    /// <summary>Sends the request; null once the provider has answered 200.</summary>
    public async ValueTask<UpstreamError?> SendAsync(GatewayCall call, OpenAttempt open, UpstreamAttempt upstream)
    {
        if (clients.For(open.Candidate.Provider) is not { } client)
        {
            return new UpstreamError(UpstreamStage.Connect, UpstreamCause.Connection);
        }

        var provider = open.Candidate.Provider;
        using var body = new PooledBuffer(call.Body!.Length + 256);
        call.Request!.WriteTo(
            body, open.Candidate.Deployment.Model, call.OutputBoundToSend, ChatCall.UsesMaxCompletionTokens(provider));
        using var content = new RequestContent(body.Segment);
        using var request = ChatCall.Create(provider, content, call.RequestId, open.Number);
        var before = clock.GetTimestamp();
        var error = await upstream.SendAsync(client, request, content);
        call.UpstreamTime += clock.GetElapsedTime(before);
        return error;
    }

    /// <summary>Reads a stream until it says something.</summary>
    public async ValueTask<UpstreamError?> ReadFirstAsync(GatewayCall call, ChatStreamRelay relay)
    {
        var before = clock.GetTimestamp();
        var error = await relay.ReadFirstAsync();
        call.UpstreamTime += clock.GetElapsedTime(before);
        return error;
    }

    /// <summary>
    /// Reads a whole answer. One that is none is a fault: nothing of it has been sent, and another may serve.
    /// </summary>
    public async ValueTask<UpstreamError?> ReadAnswerAsync(
        GatewayCall call, UpstreamAttempt upstream, PooledBuffer answer)
    {
        var before = clock.GetTimestamp();
        var error = await ReadAllAsync(upstream, answer, options.MaxResponseBytes);
        call.UpstreamTime += clock.GetElapsedTime(before);
        if (error is not null)
        {
            return error;
        }

        var said = ChatChunk.Read(answer.Span, wantsId: false);
        return !said.IsObject ? new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol)
            : said.IsError ? new UpstreamError(UpstreamStage.Refused, UpstreamCause.ErrorEvent)
            : null;
    }

    /// <summary>Reads what a provider says with an error status.</summary>
    public static async ValueTask<UpstreamError?> ReadRefusalAsync(UpstreamAttempt upstream, PooledBuffer answer) =>
        await upstream.OpenBodyAsync() ?? await ReadAllAsync(upstream, answer, MaxRefusalBytes);

    /// <summary>Closes an attempt whose whole answer was read.</summary>
    public ValueTask CloseAnsweredAsync(
        GatewayCall call, OpenAttempt open, UpstreamAttempt upstream, ReadOnlyMemory<byte> answer)
    {
        var reported = ChatChunk.Read(answer.Span, wantsId: true);
        var counted = ChatContent.Tokens(ChatContent.AllTextBytes(answer.Span));
        var outcome = upstream.CallerGone ? UsageOutcomes.ClientDisconnected : UsageOutcomes.Completed;
        return CloseAsync(call, open, upstream, outcome, new Observed(
            reported.Usage, reported.Usage is null || reported.IsConsistent, reported.Id, counted), isLast: true);
    }

    /// <summary>Closes an attempt that streamed, to its end or until it failed.</summary>
    public ValueTask CloseStreamedAsync(
        GatewayCall call, OpenAttempt open, UpstreamAttempt upstream, ChatStreamRelay relay, UpstreamError? error)
    {
        var outcome = error switch
        {
            not null => OutcomeOf(error, upstream),
            null when relay.SawError => UsageOutcomes.UpstreamFailed,
            null when upstream.CallerGone => UsageOutcomes.ClientDisconnected,
            _ => UsageOutcomes.Completed,
        };
        return CloseAsync(call, open, upstream, outcome, new Observed(
            relay.Usage, relay.UsageIsConsistent, relay.ProviderRequestId, relay.CountedTokens), isLast: true);
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
            await CloseAsync(call, open, upstream, outcome, new Observed(null, true, null, 0), isLast, error);
            return;
        }

        spool.RecordVoid(open.Intent.EventId, call.RequestId);
        Note(call, open, upstream.Elapsed, error.Outcome, error.Status);
    }

    /// <summary>
    /// However the call ended: an attempt still open is billed as far as it is known, and what is held is freed.
    /// </summary>
    public async ValueTask CloseAbandonedAsync(GatewayCall call)
    {
        try
        {
            if (call.Open is { } open)
            {
                await CloseAsync(call, open, null, UsageOutcomes.UpstreamFailed,
                    new Observed(null, true, null, open.OutputTokensSoFar), isLast: true);
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
        _ => UsageOutcomes.UpstreamFailed,
    };

    private async ValueTask CloseAsync(
        GatewayCall call,
        OpenAttempt open,
        UpstreamAttempt? upstream,
        string outcome,
        Observed observed,
        bool isLast,
        UpstreamError? error = null)
    {
        if (!ReferenceEquals(call.Open, open))
        {
            return;
        }

        call.Open = null;
        var tokens = TokensOf(call, observed);
        var usage = open.Intent with
        {
            EventVersion = 2,
            RecordedAt = clock.GetUtcNow(),
            ProviderRequestId = observed.ProviderRequestId,
            Outcome = outcome,
            UsageSource = observed.Usage is null ? UsageSources.GatewayCounted
                : observed.IsConsistent ? UsageSources.Provider
                : UsageSources.ProviderInconsistent,
            Tokens = tokens,
            CostNanoUsd = Cost(tokens, open.Price),
            EndsRequest = isLast,
        };
        call.AddUsage(usage);
        call.IsSettled |= isLast;
        Note(call, open, upstream?.Elapsed ?? TimeSpan.Zero, error?.Outcome ?? outcome, error?.Status);
        metrics.Consumed(usage);
        await spool.RecordUsageAsync(usage);
    }

    // Where a provider contradicts itself, it is not charged for less output than was seen to pass.
    private static TokenUsage TokensOf(GatewayCall call, Observed observed) => observed switch
    {
        { Usage: null } => new TokenUsage
        {
            InputUncached = call.InputTokensEstimate,
            OutputText = observed.CountedTokens,
        },
        { Usage: { } usage, IsConsistent: false } => usage with
        {
            InputUncached = usage.InputUncached > 0 ? usage.InputUncached : call.InputTokensEstimate,
            OutputText = Math.Max(usage.OutputText, observed.CountedTokens),
        },
        _ => observed.Usage,
    };

    private void Note(GatewayCall call, OpenAttempt open, TimeSpan elapsed, string outcome, int? status)
    {
        call.Open = null;
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

    private static async ValueTask<UpstreamError?> ReadAllAsync(
        UpstreamAttempt upstream, PooledBuffer answer, int limit)
    {
        while (true)
        {
            var (count, error) = await upstream.ReadAsync(answer.GetMemory(4096));
            if (error is not null || count == 0)
            {
                return error;
            }

            answer.Advance(count);
            if (answer.Length > limit)
            {
                return new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol);
            }
        }
    }

    private static long Cost(TokenUsage tokens, Price? price) =>
        price is null ? 0 : NanoUsd.FromUsd(Rating.CostUsd(tokens, price));

    /// <summary>What an attempt showed: the provider's figures, or our own count.</summary>
    private readonly record struct Observed(
        TokenUsage? Usage, bool IsConsistent, string? ProviderRequestId, long CountedTokens);
}
