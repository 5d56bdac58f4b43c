using System.Buffers;
using System.Buffers.Binary;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>How reserve.lua is asked and what its answers mean.</summary>
internal static class AdmissionScript
{
    /// <summary>
    /// How long a budget's counter outlives its period, for late usage and for reports of the month before.
    /// </summary>
    internal static readonly TimeSpan CounterRetention = TimeSpan.FromDays(35);

    private const int BudgetsMax = 1_000;

    // Numbers of an admission before those of rules and budgets: its time, and what is held.
    private const int Fixed = 3;

    /// <summary>The script did nothing, because the periods it was asked for are not those of its time.</summary>
    internal static bool IsOtherPeriod(RedisReply reply) => Says(reply, "PERIOD"u8);

    /// <summary>The script did nothing, because the counters are those of an emptied Redis.</summary>
    internal static bool IsLost(RedisReply reply) => Says(reply, "LOST"u8);

    internal static DateTimeOffset TimeOf(RedisReply reply) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reply.Items[1].AsInt64());

    internal static void Write(
        RedisArguments arguments, in AdmissionRequest request, DateTimeOffset instant, TimeSpan lease, long generation)
    {
        var budgets = request.Limits.BudgetCounters;
        var rates = request.Limits.RateCounters;
        if (budgets.Count > BudgetsMax)
            throw new ArgumentException($"More than {BudgetsMax} budgets apply to one call.", nameof(request));

        Span<byte> letters = stackalloc byte[budgets.Count];
        Span<double> ends = stackalloc double[1 + budgets.Count];
        ends[0] = CounterRetention.TotalMilliseconds;
        arguments.HoldKey(request.RequestId).Key(QuotaKeys.Leases).SecretKey(request.SecretId ?? "")
            .Key(QuotaKeys.Generation);
        var from = 0L;
        var until = long.MaxValue;
        for (var i = 0; i < budgets.Count; i++)
        {
            var counted = budgets[i].PeriodAt(instant);
            var endsAt = counted.Period.EndsAt.ToUnixTimeMilliseconds();
            arguments.Key(counted.Key);
            from = Math.Max(from, counted.From.ToUnixTimeMilliseconds());
            until = Math.Min(until, counted.Until.ToUnixTimeMilliseconds());
            letters[i] = LetterOf(budgets[i].Definition);
            ends[i + 1] = endsAt;
        }

        foreach (var rate in rates)
            arguments.RateKey(rate);

        arguments.Id(request.RequestId)
            .Argument(request.EstimateNanoUsd)
            .Argument(request.EstimatedTokens)
            .Numbers(
            [
                request.KeysVersion,
                Math.Min(request.LeastNanoUsd ?? long.MaxValue, request.EstimateNanoUsd),
                Math.Min(request.LeastTokens ?? long.MaxValue, request.EstimatedTokens),
                lease.TotalMilliseconds,
                from,
                until,
                generation,
            ])
            .Argument(letters);
        WriteLines(arguments, budgets, instant);
        arguments.Numbers(ends);
        foreach (var budget in budgets)
        {
            var inForce = budget.PeriodAt(instant).InForce;
            arguments.Argument(inForce.Limit).Argument(inForce.Revision);
        }

        foreach (var rate in rates)
            arguments.Argument(rate.Rule.CountsTokens ? request.EstimatedTokens : 1).Argument(rate.Rule.Packed);
    }

    /// <summary>How scripts are told what a budget counts, and whether it is enforced.</summary>
    private static byte LetterOf(BudgetDefinition budget) =>
        (byte)(budget.CountsTokens ? (budget.Enforce ? 'T' : 't') : (budget.Enforce ? 'U' : 'u'));

    private static void WriteLines(RedisArguments arguments, List<BudgetCounter> budgets, DateTimeOffset instant)
    {
        var length = 0;
        foreach (var budget in budgets)
            length += budget.PeriodAt(instant).HoldLine.Length + 1;
        var rented = ArrayPool<byte>.Shared.Rent(length + 1);
        var written = 0;
        foreach (var budget in budgets)
        {
            var line = budget.PeriodAt(instant).HoldLine;
            line.CopyTo(rented.AsSpan(written));
            written += line.Length;
            rented[written++] = (byte)'\n';
        }

        arguments.Argument(rented.AsSpan(0, Math.Max(0, written - 1)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    internal static AdmissionDecision Read(RedisReply reply, in AdmissionRequest request, DateTimeOffset instant)
    {
        if (reply.Kind == RedisReplyKind.Bulk)
            return Admitted(reply.AsUtf8(), request, instant);
        var items = reply.Items;
        return items[0].AsString() switch
        {
            "REPLAY" => new AdmissionDecision
            {
                Outcome = AdmissionOutcome.Admitted,
                AdmittedAt = TimeOf(reply),
                IsReplay = true,
                HeldBudgets = HoldLines.Read(items[2].AsString()!),
                HeldNanoUsd = items[3].AsInt64(),
                HeldTokens = items[4].AsInt64(),
            },
            "REVOKED" => new AdmissionDecision { Outcome = AdmissionOutcome.Revoked, AdmittedAt = TimeOf(reply) },
            "ENDED" => new AdmissionDecision { Outcome = AdmissionOutcome.Ended, AdmittedAt = TimeOf(reply) },
            "RATE" => RateLimited(reply, request),
            "BUDGET" => BudgetExceeded(reply, request, instant),
            var other => throw new InvalidDataException($"reserve.lua answered '{other}'."),
        };
    }

    // The answer to an admission is numbers alone, packed into one text: the others are lists that begin with a word.
    private static bool Says(RedisReply reply, ReadOnlySpan<byte> word) =>
        reply.Kind == RedisReplyKind.Array && reply.Items[0].AsUtf8().SequenceEqual(word);

    private static AdmissionDecision Admitted(
        ReadOnlySpan<byte> packed, in AdmissionRequest request, DateTimeOffset instant)
    {
        var budgets = request.Limits.BudgetCounters;
        var rates = request.Limits.RateCounters;
        for (var i = 0; i < budgets.Count; i++)
            budgets[i].PeriodAt(instant).See(NumberAt(packed, Fixed + rates.Count + i));

        var now = NumberAt(packed, 0);
        var (requests, tokens) = (default(Left), default(Left));
        for (var i = 0; i < rates.Count; i++)
        {
            var rule = rates[i].Rule;
            var used = NumberAt(packed, Fixed + i);
            if (rule.CountsRequests)
                requests = requests.OrLess(rule, used);
            else if (rule.CountsTokens)
                tokens = tokens.OrLess(rule, used);
        }

        return new AdmissionDecision
        {
            Outcome = AdmissionOutcome.Admitted,
            AdmittedAt = DateTimeOffset.FromUnixTimeMilliseconds(now),
            HeldBudgets = HeldIn(budgets, instant),
            HeldNanoUsd = NumberAt(packed, 1),
            HeldTokens = NumberAt(packed, 2),
            Requests = requests.At(now),
            Tokens = tokens.At(now),
        };
    }

    private static long NumberAt(ReadOnlySpan<byte> packed, int index) =>
        (long)BinaryPrimitives.ReadDoubleBigEndian(packed[(sizeof(double) * index)..]);

    // Nearly all calls of a key hold in the same periods as the one before, and have its list: it is never changed.
    private static HeldBudget[] HeldIn(List<BudgetCounter> budgets, DateTimeOffset instant)
    {
        if (budgets.Count == 0)
            return [];
        var last = budgets[^1].PeriodAt(instant);
        if (last.HeldTogether is { } known && AreHeld(known, budgets, instant))
            return known;
        var held = new HeldBudget[budgets.Count];
        for (var i = 0; i < held.Length; i++)
            held[i] = budgets[i].PeriodAt(instant).Held;
        return last.HeldTogether = held;
    }

    private static bool AreHeld(HeldBudget[] known, List<BudgetCounter> budgets, DateTimeOffset instant)
    {
        if (known.Length != budgets.Count)
            return false;
        for (var i = 0; i < known.Length; i++)
            if (!ReferenceEquals(known[i], budgets[i].PeriodAt(instant).Held))
                return false;
        return true;
    }

    private static AdmissionDecision RateLimited(RedisReply reply, in AdmissionRequest request)
    {
        var items = reply.Items;
        var rule = request.Limits.RateCounters[(int)items[2].AsInt64() - 1].Rule;
        return new AdmissionDecision
        {
            Outcome = AdmissionOutcome.RateLimited,
            AdmittedAt = TimeOf(reply),
            RateLimit = new RateLimitRefusal
            {
                LimitId = rule.Definition.Id,
                Scope = rule.Definition.Scope,
                Kind = rule.Kind,
                Limit = rule.Capacity,
                Used = items[3].AsInt64(),
                RetryAfter = TimeSpan.FromMilliseconds(items[4].AsInt64()),
            },
        };
    }

    private static AdmissionDecision BudgetExceeded(
        RedisReply reply, in AdmissionRequest request, DateTimeOffset instant)
    {
        var items = reply.Items;
        var counter = request.Limits.BudgetCounters[(int)items[2].AsInt64() - 1];
        var period = counter.PeriodAt(instant).Period;
        return new AdmissionDecision
        {
            Outcome = AdmissionOutcome.BudgetExceeded,
            AdmittedAt = TimeOf(reply),
            Budget = new BudgetRefusal
            {
                BudgetId = counter.Definition.Id,
                BudgetName = counter.Definition.Name,
                Scope = counter.Definition.Scope,
                PeriodId = period.Id,
                CountsTokens = counter.Definition.CountsTokens,
                Limit = items[3].AsInt64(),
                Spent = items[4].AsInt64(),
                Held = items[5].AsInt64(),
                HeldOnly = items[6].AsInt64() == 1,
                ResetsAt = period.EndsAt,
            },
        };
    }

    /// <summary>What is left of the rule that has the least.</summary>
    private readonly record struct Left(RateRule? Rule, long Remaining)
    {
        public Left OrLess(RateRule other, long used)
        {
            var remaining = Math.Max(0, other.Capacity - used);
            return Rule is null || remaining < Remaining ? new Left(other, remaining) : this;
        }

        // What was called now is carried through the whole window after this one.
        public RateAllowance? At(long now)
        {
            if (Rule is null)
                return null;
            var window = (long)Rule.Window.TotalMilliseconds;
            return new RateAllowance(
                Rule.Capacity, Remaining, TimeSpan.FromMilliseconds((2 * window) - (now % window)));
        }
    }
}
