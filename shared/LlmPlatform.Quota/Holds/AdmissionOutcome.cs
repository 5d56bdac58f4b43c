namespace LlmPlatform.Quota;

/// <summary>What was decided about a request.</summary>
public enum AdmissionOutcome
{
    /// <summary>It may run; its estimate is held in every budget that applies.</summary>
    Admitted,

    /// <summary>Its key was withdrawn by a later version of the keys. Nothing was held.</summary>
    Revoked,

    /// <summary>A rate limit is used up. Nothing was held or counted.</summary>
    RateLimited,

    /// <summary>A budget cannot hold the estimate. Nothing was held or counted.</summary>
    BudgetExceeded,

    /// <summary>
    /// The id belongs to a request that has ended, or was given up after a reserve of unknown outcome.
    /// </summary>
    Ended,
}
