namespace LlmPlatform.Scenarios.Outages;

/// <summary>What becomes of Redis.</summary>
public enum RedisFault
{
    /// <summary>It takes connections and commands, and says nothing.</summary>
    Frozen,

    /// <summary>Every answer takes twice as long as who may go on without it waits.</summary>
    Slow,

    /// <summary>It loses all it knew.</summary>
    Emptied,

    /// <summary>It dies, and after a while a replica has its address.</summary>
    FailedOver,
}
