namespace LlmPlatform.Quota;

/// <summary>What a settle did.</summary>
public enum SettleOutcome
{
    /// <summary>The cost was added: the first settle of its event id.</summary>
    Settled,

    /// <summary>The cost replaced that of a lower version.</summary>
    Replaced,

    /// <summary>The same or a higher version had been settled: nothing was added.</summary>
    Repeated,

    /// <summary>The same version had been settled at another cost: the first stands, and nothing was added.</summary>
    Conflicting,

    /// <summary>
    /// So old that the marker of an earlier settle may have expired: whether it was counted cannot be known, and
    /// nothing was added. The ledger has it; seeding brings it into the counter.
    /// </summary>
    TooOld,
}
