using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Idempotency;
using LlmPlatform.Edge.Identity;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Responses;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Money.Pricing;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge;

/// <summary>
/// What is known of one call as it travels; each step of the pipeline adds a fact, none changes another's.
/// </summary>
internal sealed class GatewayCall(HttpContext http, PublicApi api, TimeProvider clock) : IDisposable
{
    private const int MaxModelCharacters = 200;

    // To read so much takes a tenth of a millisecond, to translate it several times that.
    private const long LongBytes = 256 * 1024;

    private readonly List<AttemptSummary> _attempts = new(1);
    private readonly long _startedAt = clock.GetTimestamp();

    public HttpContext Http { get; } = http;

    /// <summary>What is called, and how its callers are spoken to.</summary>
    public PublicApi Api { get; } = api;

    public Guid RequestId { get; } = Guid.CreateVersion7(clock.GetUtcNow());

    /// <summary>The same as callers, providers and logs read it.</summary>
    public string RequestIdText => field ??= RequestId.ToString();

    public TimeSpan Elapsed => clock.GetElapsedTime(_startedAt);

    /// <summary>Step 1.</summary>
    public CallerIdentity? Caller { get; set; }

    /// <summary>What it is labelled with; null: nothing.</summary>
    public IReadOnlyList<UsageTag>? Tags { get; set; }

    /// <summary>The body as it came; rented, and given back once nobody can be sent it again.</summary>
    public PooledBuffer? Body { get; set; }

    /// <summary>Bytes of the body.</summary>
    public long RequestBytes { get; set; }

    /// <summary>Read from the body.</summary>
    public InboundRequest? Request { get; set; }

    /// <summary>The request as translators read it; null until one has.</summary>
    public GenerationRequest? Generation { get; set; }

    /// <summary>Step 3: where the call may go, best first.</summary>
    public IReadOnlyList<RouteCandidate> Candidates { get; set; } = [];

    /// <summary>The model it was planned for: that asked for, or the one a rule put in its place.</summary>
    public string? PlannedModel { get; set; }

    /// <summary>The published model whose limits hold; null before a plan: that asked for.</summary>
    public string? LimitedModel { get; set; }

    /// <summary>True when a guard found personal data in the prompt; rules may route by it.</summary>
    public bool HasPersonalData { get; set; }

    /// <summary>The prices in force for this call to its end, whatever changes meanwhile.</summary>
    public PriceBook Prices { get; set; } = PriceBook.Empty;

    /// <summary>What the provider adds to the input from the response that is continued.</summary>
    public long KeptInputTokens { get; set; }

    /// <summary>No fewer input tokens than the call is likely to consume.</summary>
    public long InputTokensEstimate { get; set; }

    /// <summary>The output bound the hold stands on.</summary>
    public long OutputTokensBound { get; set; }

    /// <summary>
    /// The bound to write into the request for each answer: when the caller gave none and no model has one, or when its
    /// budget has no more left.
    /// </summary>
    public long? OutputBoundToSend { get; set; }

    /// <summary>What it may cost beyond what it holds, nano-USD: all of it where nothing could be held.</summary>
    public long BeyondHoldNanoUsd { get; set; }

    /// <summary>The same in tokens.</summary>
    public long BeyondHoldTokens { get; set; }

    /// <summary>Its hold, where that grows while the answer is streamed; null: all of it is held.</summary>
    public GrowingHold? Growing { get; set; }

    /// <summary>True when the bound is lower than the caller's because its budget has no more left.</summary>
    public bool IsOutputCut { get; set; }

    /// <summary>Step 4: when it was admitted, by the clock of the admission script.</summary>
    public DateTimeOffset OccurredAt { get; set; } = clock.GetUtcNow();

    /// <summary>True once admitted: from here on its records travel with the money.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>Every budget period the call holds money in.</summary>
    public IReadOnlyList<HeldBudget> Budgets { get; set; } = [];

    /// <summary>The budget that refused the call.</summary>
    public RefusedBudget? RefusedBudget { get; set; }

    /// <summary>The attempt that is open now; of two, the one that was opened first.</summary>
    public OpenAttempt? Open { get; private set; }

    /// <summary>The attempt that is open beside it; null but while a call is hedged.</summary>
    public OpenAttempt? OpenBeside { get; private set; }

    /// <summary>The stream that is under way; null before it began.</summary>
    public StreamRelay? Stream { get; set; }

    /// <summary>True once a usage record has said that it is the request's last: what is held is freed by it.</summary>
    public bool IsSettled { get; set; }

    /// <summary>The limit on calls closest to its end, for the response headers; null when none applies.</summary>
    public RateAllowance? RequestAllowance { get; set; }

    /// <summary>The same of limits on tokens.</summary>
    public RateAllowance? TokenAllowance { get; set; }

    /// <summary>The gateway's own refusal, when it refused.</summary>
    public GatewayError? Refusal { get; set; }

    /// <summary>The candidate that served.</summary>
    public RouteCandidate? Served { get; set; }

    /// <summary>The response that its provider keeps, and where that is; null when it keeps none.</summary>
    public (string Id, ResponseBinding Binding)? Kept { get; set; }

    /// <summary>The idempotency key it holds; null when it has none.</summary>
    public ClaimedKey? Claimed { get; set; }

    /// <summary>Keeps what the caller is told, for a repeat of it; null without an idempotency key.</summary>
    public AnswerRecording? Recording { get; set; }

    /// <summary>True when it was answered without a provider, by what was answered before.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The place it takes among the open streams of its key; null when it takes none.</summary>
    public IDisposable? StreamSlot { get; set; }

    /// <summary>Its places among calls that were admitted without Redis; null when it takes none.</summary>
    public IDisposable? LocalPlaces { get; set; }

    /// <summary>Where a stream to the caller is written.</summary>
    public PipeWriter Output => Recording ?? Http.Response.BodyWriter;

    /// <summary>Cancelled when the caller goes away; never where its answer is kept all the same.</summary>
    public CancellationToken OutputGone => Recording is null ? Http.RequestAborted : CancellationToken.None;

    /// <summary>Why the first candidate did not serve.</summary>
    public string? FallbackReason { get; set; }

    /// <summary>Until the first content byte left.</summary>
    public TimeSpan? TimeToFirstToken { get; set; }

    /// <summary>Time spent waiting for providers, until the answer began to leave.</summary>
    public TimeSpan UpstreamTime { get; set; }

    /// <summary>Time not spent waiting for providers, until the answer began to leave; null when none did.</summary>
    public TimeSpan? Overhead { get; set; }

    /// <summary>Every attempt that is closed, in the order they were.</summary>
    public IReadOnlyList<AttemptSummary> Attempts => _attempts;

    public long ResponseBytes { get; set; }

    public long InputTokens { get; private set; }

    public long OutputTokens { get; private set; }

    public long CostNanoUsd { get; private set; }

    public string? ErrorCode { get; set; }

    /// <summary>The model asked for, as records name it: no longer than a name is.</summary>
    public string? ModelRequested => Request is not { Model: var model } ? null
        : model.Length <= MaxModelCharacters ? model
        : model[..MaxModelCharacters];

    /// <summary>Takes note of an attempt that is open from now on.</summary>
    public void Opened(OpenAttempt attempt)
    {
        if (Open is null)
        {
            Open = attempt;
        }
        else
        {
            OpenBeside = attempt;
        }
    }

    /// <summary>Takes note that an attempt is closed; false where it was before.</summary>
    public bool Closed(OpenAttempt attempt)
    {
        if (ReferenceEquals(OpenBeside, attempt))
        {
            OpenBeside = null;
            return true;
        }

        if (!ReferenceEquals(Open, attempt))
        {
            return false;
        }

        (Open, OpenBeside) = (OpenBeside, null);
        return true;
    }

    public void AddAttempt(AttemptSummary attempt) => _attempts.Add(attempt);

    public void AddUsage(TokenUsage tokens, long costNanoUsd)
    {
        InputTokens += tokens.TotalInput;
        OutputTokens += tokens.TotalOutput;
        CostNanoUsd += costNanoUsd;
    }

    /// <summary>Says a whole body, whose headers are set.</summary>
    public async ValueTask SayAsync(ReadOnlyMemory<byte> body)
    {
        ResponseBytes = body.Length;
        if (Recording is not { } recording)
        {
            await Http.Response.BodyWriter.WriteAsync(body, Http.RequestAborted);
            return;
        }

        if (!recording.Takes(body.Length))
        {
            Http.Response.Headers["Idempotency-Kept"] = "false";
        }

        await recording.WriteAsync(body);
        recording.MarkWhole();
    }

    /// <summary>
    /// Goes on on a thread of the pool where the body is so long that to read it, or to write it anew, would hold up
    /// the other sockets of the thread that brought it.
    /// </summary>
    public ConfiguredTaskAwaitable LeaveSocketAsync() => Task.CompletedTask.ConfigureAwait(
        RequestBytes > LongBytes ? ConfigureAwaitOptions.ForceYielding : ConfigureAwaitOptions.None);

    /// <summary>Gives the body back: from here on no other provider will be sent it.</summary>
    public void ReleaseBody()
    {
        Body?.Dispose();
        Body = null;
        Generation = null;
    }

    public void Dispose()
    {
        ReleaseBody();
        StreamSlot?.Dispose();
        LocalPlaces?.Dispose();
        Recording?.Dispose();
    }
}
