using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Quota;

/// <summary>How settle.lua is asked, alone and for many events in one call, and what its answers mean.</summary>
internal static class SettleScript
{
    /// <summary>Keys of an event before those of its budgets.</summary>
    private const int FixedKeys = 5;

    private const int LettersOnStackMax = 256;

    /// <summary>Arguments of an event.</summary>
    private const int Arguments = 14;

    internal static void WriteKeys(RedisArguments arguments, in UsageSettlement usage)
    {
        arguments.HoldKey(usage.RequestId).Key(QuotaKeys.Leases).MarkerKey(usage.EventId)
            .Key(QuotaKeys.Generation)
            .Key(QuotaKeys.Seed);
        for (var i = 0; i < usage.Budgets.Count; i++)
            arguments.BudgetKey(usage.Budgets[i].BudgetId, usage.Budgets[i].PeriodId);
    }

    internal static void WriteArguments(
        RedisArguments arguments, in UsageSettlement usage, HoldOptions options, long generation, bool withLevels)
    {
        arguments.Id(usage.RequestId)
            .Argument(usage.EventVersion)
            .Argument(usage.CostNanoUsd)
            .Argument(usage.OccurredAt.ToUnixTimeMilliseconds())
            .Argument(Milliseconds(options.MarkerTtl))
            .Argument(usage.EndsRequest ? 1 : 0)
            .Argument(Milliseconds(options.EndedRetention))
            .Argument(Milliseconds(AdmissionScript.CounterRetention))
            .Argument(withLevels ? 1 : 0)
            .Argument(usage.Tokens)
            .Argument(generation);
        if (usage.Origin is { } origin)
            arguments.SpoolField(origin).Argument(origin.Sequence);
        else
            arguments.Argument("").Argument("");
        WriteLetters(arguments, usage.Budgets);
    }

    /// <summary>Writes a call of settle_batch.lua.</summary>
    /// <param name="arguments">Receives it.</param>
    /// <param name="batch">The events.</param>
    /// <param name="wanted">The budget periods whose levels are wanted.</param>
    /// <param name="options">Memories.</param>
    /// <param name="generation">Which the counters have at least.</param>
    internal static void WriteBatch(
        RedisArguments arguments,
        ReadOnlySpan<UsageSettlement> batch,
        IReadOnlyCollection<HeldBudget> wanted,
        HoldOptions options,
        long generation)
    {
        foreach (ref readonly var usage in batch)
            WriteKeys(arguments, usage);
        foreach (var budget in wanted)
            arguments.BudgetKey(budget.BudgetId, budget.PeriodId);
        arguments.Argument(batch.Length);
        foreach (ref readonly var usage in batch)
        {
            arguments.Argument(FixedKeys + usage.Budgets.Count).Argument(Arguments);
            WriteArguments(arguments, usage, options, generation, withLevels: false);
        }
    }

    internal static SettleOutcome OutcomeOf(RedisReply outcome)
    {
        var text = outcome.AsUtf8();
        return text.SequenceEqual("SETTLED"u8) ? SettleOutcome.Settled
            : text.SequenceEqual("REPLACED"u8) ? SettleOutcome.Replaced
            : text.SequenceEqual("REPEATED"u8) ? SettleOutcome.Repeated
            : text.SequenceEqual("CONFLICT"u8) ? SettleOutcome.Conflicting
            : SettleOutcome.TooOld;
    }

    private static void WriteLetters(RedisArguments arguments, IReadOnlyList<HeldBudget> budgets)
    {
        Span<byte> letters = budgets.Count <= LettersOnStackMax
            ? stackalloc byte[budgets.Count]
            : new byte[budgets.Count];
        for (var i = 0; i < letters.Length; i++)
            letters[i] = budgets[i].CountsTokens ? (byte)'t' : (byte)'u';
        arguments.Argument(letters);
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
