using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Quota;

/// <summary>
/// Who may call and what has been spent, in Redis: the edge reserves, settles and renews, metering settles again and
/// frees what was left behind. One for a process; safe for many threads. Every call but a reserve may be repeated at
/// will; a reserve may with the same request id, unless its outcome was unknown.
/// </summary>
public sealed class HoldLedger : IAsyncDisposable
{
    // 9 million dollars: counters keep far away from the end of their 64 bits, and Lua compares single amounts exactly.
    private const long AmountMax = (1L << 53) - 1;
    private const int RenewBatch = 1_000;
    private const int ExpireMax = 1_000;
    private const int SettleMax = 1_000;

    private readonly RedisClient _redis;
    private readonly HoldOptions _options;
    private readonly AbandonedReserves _abandoned;
    private readonly Reserves _reserves;
    private long _generation;

    /// <param name="redis">Where the counters are.</param>
    /// <param name="options">Leases, memories and waits.</param>
    /// <param name="clock">The local clock; the system's by default.</param>
    /// <param name="logger">Told of reserves that could not be undone.</param>
    public HoldLedger(
        RedisClient redis, HoldOptions options, TimeProvider? clock = null, ILogger<HoldLedger>? logger = null)
    {
        _redis = redis;
        _options = options;
        _abandoned = new AbandonedReserves(
            options, clock ?? TimeProvider.System, logger ?? NullLogger<HoldLedger>.Instance, ReleaseAsync);
        _reserves = new Reserves(redis, options, clock ?? TimeProvider.System, _abandoned);
    }

    /// <summary>
    /// Says which generation the counters have at least (<see cref="LimitsSnapshot.CountersGeneration"/>). A Redis that
    /// has an earlier one, or none, has been emptied: until its counters are made anew it is as good as away.
    /// </summary>
    public void RequireGeneration(long generation)
    {
        var known = Volatile.Read(ref _generation);
        while (known < generation)
        {
            var seen = Interlocked.CompareExchange(ref _generation, generation, known);
            if (seen == known)
                return;
            known = seen;
        }
    }

    /// <summary>
    /// Admits a request or refuses it, in one round trip: revocation, every rate limit and every budget are checked
    /// together, and only if all of them allow it is it counted and its estimate held.
    /// </summary>
    /// <remarks>
    /// What does not answer within <see cref="HoldOptions.ReserveTimeout"/> is asked again under the same id, which
    /// holds nothing twice, until <see cref="HoldOptions.ReserveDeadline"/>.
    /// </remarks>
    /// <exception cref="QuotaUnavailableException">
    /// Redis is away, was emptied, or did not answer by then. What it may have held is given back in the background.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The estimate is negative or above 9 million dollars.</exception>
    public ValueTask<AdmissionDecision> ReserveAsync(
        in AdmissionRequest request, CancellationToken cancellationToken = default) =>
        ReserveCheckedAsync(request, cancellationToken);

    /// <summary>
    /// As <see cref="ReserveAsync"/>, for who may go on without an answer: asks once, and waits no longer than
    /// <see cref="HoldOptions.ReserveTimeout"/>. Where none came, either the call goes on, and whatever Redis takes for
    /// it all the same is ended by its settle or its <see cref="Release"/>; or the answer is insisted on.
    /// </summary>
    /// <exception cref="QuotaUnavailableException">Redis refuses, or was emptied: no answer would come.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The estimate is negative or above 9 million dollars.</exception>
    public ValueTask<ReserveAnswer> AskAsync(
        in AdmissionRequest request, CancellationToken cancellationToken = default)
    {
        CheckAmount(request.EstimateNanoUsd, nameof(request));
        CheckAmount(request.EstimatedTokens, nameof(request));
        return _reserves.AskAsync(request, Volatile.Read(ref _generation), cancellationToken);
    }

    /// <summary>
    /// Asks once more for what <see cref="AskAsync"/> got no answer to, until
    /// <see cref="HoldOptions.ReserveDeadline"/>.
    /// </summary>
    /// <inheritdoc cref="ReserveAsync" path="/exception"/>
    public ValueTask<AdmissionDecision> InsistAsync(
        in AdmissionRequest request, ReserveAnswer before, CancellationToken cancellationToken = default) =>
        _reserves.InsistAsync(request, Volatile.Read(ref _generation), before, cancellationToken);

    /// <summary>
    /// Charges an attempt to every budget period it names, once for each event id and version, whether or not its
    /// request's hold is still there; takes it off the hold; and frees the rest of the hold with the request's last
    /// attempt. May be repeated, late and out of order.
    /// </summary>
    /// <param name="usage">The attempt.</param>
    /// <param name="origin">Where its edge numbered it; null: nobody did.</param>
    /// <param name="cancellationToken">Releases the caller.</param>
    /// <exception cref="QuotaUnavailableException">Redis is away; settle again later.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The cost is negative or above 9 million dollars.</exception>
    public async ValueTask<SettleResult> SettleAsync(
        UsageRecorded usage, UsageOrigin? origin, CancellationToken cancellationToken = default)
    {
        CheckAmount(usage.CostNanoUsd, nameof(usage));
        using var arguments = RedisArguments.Rent();
        var settlement = UsageSettlement.Of(usage) with { Origin = origin };
        SettleScript.WriteKeys(arguments, settlement);
        SettleScript.WriteArguments(
            arguments, settlement, _options, Volatile.Read(ref _generation), withLevels: true);

        var reply = await EvaluateAsync(QuotaScripts.Settle, arguments, null, cancellationToken);
        if (AdmissionScript.IsLost(reply))
            throw QuotaUnavailableException.Lost();
        var levels = new BudgetLevel[usage.Budgets.Count];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = LevelOf(usage.Budgets[i].BudgetId, usage.Budgets[i].PeriodId, reply.Items[i + 2].Items);
        return new SettleResult
        {
            Outcome = SettleScript.OutcomeOf(reply.Items[0]),
            SettledAt = AdmissionScript.TimeOf(reply),
            Budgets = levels,
        };
    }

    /// <inheritdoc cref="SettleAsync(UsageRecorded, UsageOrigin?, CancellationToken)"/>
    public ValueTask<SettleResult> SettleAsync(UsageRecorded usage, CancellationToken cancellationToken = default) =>
        SettleAsync(usage, null, cancellationToken);

    /// <summary>
    /// Settles many events in one round trip, each as <see cref="SettleAsync(UsageRecorded, CancellationToken)"/> does
    /// one. While they are settled Redis does nothing else: a few dozen at a time keep others from waiting.
    /// </summary>
    /// <param name="batch">From 1 to 1,000 events.</param>
    /// <param name="withLevels">Whether where the budgets stand is wanted.</param>
    /// <param name="cancellationToken">Releases the caller.</param>
    /// <exception cref="QuotaUnavailableException">
    /// Redis is away, and some may be settled: settle all again later.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A cost is negative or above 9 million dollars.</exception>
    public async ValueTask<SettleBatchResult> SettleAsync(
        ReadOnlyMemory<UsageSettlement> batch, bool withLevels, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch.Length, nameof(batch));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Length, SettleMax, nameof(batch));
        foreach (ref readonly var usage in batch.Span)
            CheckAmount(usage.CostNanoUsd, nameof(batch));

        using var arguments = RedisArguments.Rent();
        HeldBudget[] wanted = withLevels ? BudgetsOf(batch.Span) : [];
        SettleScript.WriteBatch(arguments, batch.Span, wanted, _options, Volatile.Read(ref _generation));
        var reply = await EvaluateAsync(QuotaScripts.SettleBatch, arguments, null, cancellationToken);
        var outcomes = new SettleOutcome[batch.Length];
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (reply.Items[1].Items[i].AsUtf8().SequenceEqual("LOST"u8))
                throw QuotaUnavailableException.Lost();
            outcomes[i] = SettleScript.OutcomeOf(reply.Items[1].Items[i]);
        }

        var levels = new BudgetLevel[wanted.Length];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = LevelOf(wanted[i].BudgetId, wanted[i].PeriodId, reply.Items[i + 2].Items);
        return new SettleBatchResult
        {
            Outcomes = outcomes,
            SettledAt = DateTimeOffset.FromUnixTimeMilliseconds(reply.Items[0].AsInt64()),
            Budgets = levels,
        };
    }

    /// <summary>Holds more for a request that is under way, in all of its budgets or in none.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="nanoUsd">How much more in budgets of money.</param>
    /// <param name="tokens">How much more in budgets of tokens.</param>
    /// <param name="budgets">
    /// Its budgets as they are known now. Where Redis knows an older limit, from this request's admission or another's,
    /// the one in force takes its place, for the period that is current.
    /// </param>
    /// <param name="cancellationToken">Releases the caller.</param>
    /// <exception cref="QuotaUnavailableException">Redis is away; it may be held or not.</exception>
    public async ValueTask<HoldExtension> ExtendAsync(
        Guid requestId,
        long nanoUsd,
        long tokens,
        IEnumerable<BudgetDefinition> budgets,
        CancellationToken cancellationToken = default)
    {
        CheckAmount(nanoUsd, nameof(nanoUsd));
        CheckAmount(tokens, nameof(tokens));
        using var arguments = RedisArguments.Rent();
        arguments.HoldKey(requestId).Argument(nanoUsd).Argument(tokens);
        foreach (var budget in budgets)
            WriteInForce(arguments, budget, _reserves.Now);
        var reply = await EvaluateAsync(QuotaScripts.Extend, arguments, null, cancellationToken);
        var items = reply.Items;
        return items[0].AsInt64() switch
        {
            1 => new HoldExtension { Outcome = HoldExtensionOutcome.Held },
            0 => new HoldExtension
            {
                Outcome = HoldExtensionOutcome.Refused,
                BudgetId = items[1].AsString(),
                PeriodId = items[2].AsString(),
                Limit = items[3].AsInt64(),
                Spent = items[4].AsInt64(),
                Held = items[5].AsInt64(),
                HeldOnly = items[6].AsInt64() == 1,
            },
            _ => new HoldExtension { Outcome = HoldExtensionOutcome.Ended },
        };
    }

    /// <summary>Ends a request that leaves no more usage, and frees what it still holds.</summary>
    /// <returns>What was freed, nano-USD; 0 when nothing was held any more.</returns>
    /// <exception cref="QuotaUnavailableException">Redis is away; release again, or leave it to the lease.</exception>
    public async ValueTask<long> ReleaseAsync(Guid requestId, CancellationToken cancellationToken = default)
    {
        using var arguments = RedisArguments.Rent();
        arguments.HoldKey(requestId).Key(QuotaKeys.Leases)
            .Id(requestId)
            .Argument(Milliseconds(_options.EndedRetention));
        var reply = await EvaluateAsync(QuotaScripts.Release, arguments, null, cancellationToken);
        return reply.AsInt64();
    }

    /// <summary>
    /// As <see cref="ReleaseAsync"/>, in the background: now, or when Redis is back; after a lease it frees itself.
    /// </summary>
    public void Release(Guid requestId) => _abandoned.Add(requestId);

    /// <summary>Extends the leases of open requests; one that has ended or expired stays so.</summary>
    /// <returns>How many of them are still open.</returns>
    /// <exception cref="QuotaUnavailableException">Redis is away; renew again before the lease ends.</exception>
    public async ValueTask<int> RenewAsync(
        IReadOnlyCollection<Guid> requestIds, CancellationToken cancellationToken = default)
    {
        long open = 0;
        foreach (var batch in requestIds.Chunk(RenewBatch))
        {
            using var arguments = RedisArguments.Rent();
            arguments.Key(QuotaKeys.Leases).Argument(Milliseconds(_options.Lease));
            foreach (var requestId in batch)
                arguments.Id(requestId);
            open += (await EvaluateAsync(QuotaScripts.Renew, arguments, null, cancellationToken)).AsInt64();
        }

        return (int)open;
    }

    /// <summary>Says that an edge is there, for a lease, and counts those that are.</summary>
    /// <returns>How many, this one included.</returns>
    /// <exception cref="QuotaUnavailableException">Redis is away.</exception>
    public async ValueTask<int> AnnounceAsync(Guid edgeId, CancellationToken cancellationToken = default)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.Edges).Id(edgeId).Argument(Milliseconds(_options.Lease));
        return (int)(await EvaluateAsync(QuotaScripts.Announce, arguments, null, cancellationToken)).AsInt64();
    }

    /// <summary>
    /// Frees holds whose lease has run out; each is given to one caller only, however many ask at once. After an outage
    /// of Redis, wait one lease before asking: the edges could not renew.
    /// </summary>
    /// <param name="max">How many at most, from 1 to 1,000.</param>
    /// <param name="cancellationToken">Releases the caller.</param>
    /// <exception cref="QuotaUnavailableException">Redis is away.</exception>
    public async ValueTask<IReadOnlyList<ExpiredHold>> ExpireDueAsync(
        int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, ExpireMax);
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.Leases).Argument(max).Argument(Milliseconds(_options.EndedRetention));
        var reply = await EvaluateAsync(QuotaScripts.Expire, arguments, null, cancellationToken);
        var freed = new ExpiredHold[reply.Items.Length / 2];
        for (var i = 0; i < freed.Length; i++)
            freed[i] = new ExpiredHold(
                Guid.ParseExact(reply.Items[2 * i].AsString()!, "N"), reply.Items[(2 * i) + 1].AsInt64());
        return freed;
    }

    /// <summary>Where a budget period stands; nothing spent and no limit when it has no counter.</summary>
    /// <exception cref="QuotaUnavailableException">Redis is away, or was emptied.</exception>
    public async ValueTask<BudgetLevel> ReadAsync(
        string budgetId, string periodId, CancellationToken cancellationToken = default)
    {
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.Budget(budgetId, periodId))
            .Argument("spent").Argument("held").Argument("lim").Argument("rev").Argument("est").Argument("cor");
        var reply = await QuotaAnswer.OfAsync(_redis.ExecuteAsync("HMGET", arguments, null, cancellationToken));

        // Where nothing is, nothing may have been spent, or all of it forgotten.
        if (reply.Items[0].IsNil && reply.Items[3].IsNil && await IsLostAsync(cancellationToken))
            throw QuotaUnavailableException.Lost();
        return LevelOf(budgetId, periodId, reply.Items);
    }

    /// <summary>Stops undoing abandoned reserves; their leases free them.</summary>
    public ValueTask DisposeAsync() => _abandoned.DisposeAsync();

    private async ValueTask<AdmissionDecision> ReserveCheckedAsync(
        AdmissionRequest request, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(request, cancellationToken);
        return answer.Decision ?? await InsistAsync(request, answer, cancellationToken);
    }

    private ValueTask<RedisReply> EvaluateAsync(
        RedisScript script, RedisArguments arguments, TimeSpan? timeout, CancellationToken cancellationToken) =>
        QuotaAnswer.OfAsync(_redis.EvaluateAsync(script, arguments, timeout, cancellationToken));

    private static void WriteInForce(RedisArguments arguments, BudgetDefinition budget, DateTimeOffset now)
    {
        var (inForce, period) = (budget.InForceAt(now), budget.Calendar().At(now));
        var from = inForce.From > period.StartsAt ? inForce.From : period.StartsAt;
        var until = inForce.Until < period.EndsAt ? inForce.Until : period.EndsAt;
        arguments.Argument($"{budget.Id}\t{period.Id}")
            .Argument(inForce.Limit)
            .Argument(inForce.Revision)
            .Argument(budget.Enforce ? 1 : 0)
            .Argument(from.ToUnixTimeMilliseconds())
            .Argument(until.ToUnixTimeMilliseconds());
    }

    private static HeldBudget[] BudgetsOf(ReadOnlySpan<UsageSettlement> batch)
    {
        var budgets = new Dictionary<(string BudgetId, string PeriodId), HeldBudget>();
        foreach (ref readonly var usage in batch)
            for (var i = 0; i < usage.Budgets.Count; i++)
                budgets.TryAdd((usage.Budgets[i].BudgetId, usage.Budgets[i].PeriodId), usage.Budgets[i]);
        return [.. budgets.Values];
    }

    private async ValueTask<bool> IsLostAsync(CancellationToken cancellationToken)
    {
        var required = Volatile.Read(ref _generation);
        if (required == 0)
            return false;
        using var arguments = RedisArguments.Rent();
        arguments.Key(QuotaKeys.Generation);
        var reply = await QuotaAnswer.OfAsync(_redis.ExecuteAsync("GET", arguments, null, cancellationToken));
        return reply.IsNil || reply.AsInt64() < required;
    }

    private static BudgetLevel LevelOf(string budgetId, string periodId, ReadOnlySpan<RedisReply> fields) => new()
    {
        BudgetId = budgetId,
        PeriodId = periodId,
        Spent = Number(fields[0]) ?? 0,
        Held = Number(fields[1]) ?? 0,
        Limit = Number(fields[2]),
        Revision = Number(fields[3]),
        Estimated = fields.Length > 4 ? Number(fields[4]) ?? 0 : 0,
        Corrected = fields.Length > 5 ? Number(fields[5]) ?? 0 : 0,
    };

    private static long? Number(RedisReply reply) => reply.IsNil ? null : reply.AsInt64();

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static void CheckAmount(long nanoUsd, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoUsd, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nanoUsd, AmountMax, name);
    }
}
