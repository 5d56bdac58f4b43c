using System.Runtime.CompilerServices;
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

    // The boundary of a period may pass once while the answer about another one is under way, and hardly twice.
    private const int PeriodTries = 3;

    private readonly RedisClient _redis;
    private readonly HoldOptions _options;
    private readonly RedisClock _clock;
    private readonly AbandonedReserves _abandoned;
    private readonly ReserveBreaker _breaker;
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
        _clock = new RedisClock(clock ?? TimeProvider.System);
        _breaker = new ReserveBreaker(options, clock ?? TimeProvider.System);
        _abandoned = new AbandonedReserves(
            options, clock ?? TimeProvider.System, logger ?? NullLogger<HoldLedger>.Instance, ReleaseAsync);
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
    /// <exception cref="QuotaUnavailableException">
    /// Redis is away or took longer than <see cref="HoldOptions.ReserveTimeout"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The estimate is negative or above 9 million dollars.</exception>
    public ValueTask<AdmissionDecision> ReserveAsync(
        in AdmissionRequest request, CancellationToken cancellationToken = default)
    {
        CheckAmount(request.EstimateNanoUsd, nameof(request));
        CheckAmount(request.EstimatedTokens, nameof(request));
        return ReserveCheckedAsync(request, cancellationToken);
    }

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
            throw Lost();
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
                throw Lost();
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
    /// <param name="cancellationToken">Releases the caller.</param>
    /// <returns>
    /// True when it is held; false when a budget that refuses has no room; null when the request holds nothing any
    /// more.
    /// </returns>
    /// <exception cref="QuotaUnavailableException">Redis is away.</exception>
    public async ValueTask<bool?> ExtendAsync(
        Guid requestId, long nanoUsd, long tokens, CancellationToken cancellationToken = default)
    {
        CheckAmount(nanoUsd, nameof(nanoUsd));
        CheckAmount(tokens, nameof(tokens));
        using var arguments = RedisArguments.Rent();
        arguments.HoldKey(requestId).Argument(nanoUsd).Argument(tokens);
        var reply = await EvaluateAsync(QuotaScripts.Extend, arguments, null, cancellationToken);
        return reply.AsInt64() switch { 1 => true, 0 => false, _ => null };
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
            throw Lost();
        return LevelOf(budgetId, periodId, reply.Items);
    }

    /// <summary>Stops undoing abandoned reserves; their leases free them.</summary>
    public ValueTask DisposeAsync() => _abandoned.DisposeAsync();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AdmissionDecision> ReserveCheckedAsync(
        AdmissionRequest request, CancellationToken cancellationToken)
    {
        var instant = _clock.Now;
        var started = _clock.Timestamp;
        using var arguments = RedisArguments.Rent();
        for (var tries = 0; tries < PeriodTries; tries++)
        {
            arguments.Clear();
            AdmissionScript.Write(arguments, request, instant, _options.Lease, Volatile.Read(ref _generation));
            var sent = _clock.Timestamp;
            var reply = await AskAsync(request.RequestId, arguments, started, cancellationToken);
            if (AdmissionScript.IsLost(reply))
                throw Lost();
            if (!AdmissionScript.IsOtherPeriod(reply))
            {
                var decision = AdmissionScript.Read(reply, request, instant);
                if (!decision.IsReplay)
                    _clock.Observe(sent, decision.AdmittedAt);
                return decision;
            }

            instant = AdmissionScript.TimeOf(reply);
            _clock.Observe(sent, instant);
        }

        throw new QuotaUnavailableException(
            "Budget periods changed faster than Redis answered.", outcomeUnknown: false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RedisReply> AskAsync(
        Guid requestId, RedisArguments arguments, long started, CancellationToken cancellationToken)
    {
        try
        {
            var left = _options.ReserveTimeout - _clock.Since(started);
            if (!_breaker.MayAsk())
                throw new QuotaUnavailableException("Redis has not answered lately.", outcomeUnknown: false);
            var reply = await EvaluateAsync(QuotaScripts.Reserve, arguments, left, cancellationToken);
            _breaker.Answered();
            return reply;
        }
        catch (QuotaUnavailableException fault) when (fault.OutcomeUnknown)
        {
            _breaker.Failed();
            _abandoned.Add(requestId);
            throw;
        }
        catch (OperationCanceledException)
        {
            _abandoned.Add(requestId);
            throw;
        }
    }

    private ValueTask<RedisReply> EvaluateAsync(
        RedisScript script, RedisArguments arguments, TimeSpan? timeout, CancellationToken cancellationToken) =>
        QuotaAnswer.OfAsync(_redis.EvaluateAsync(script, arguments, timeout, cancellationToken));

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

    private static QuotaUnavailableException Lost() =>
        new("Redis has been emptied, and its counters are not made anew yet.", outcomeUnknown: false);

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
