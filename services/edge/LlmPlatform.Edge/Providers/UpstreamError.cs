using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers;

/// <summary>How far an attempt had come when it failed.</summary>
internal enum UpstreamStage
{
    /// <summary>Nothing reached the provider: another candidate may be tried, and nothing can be billed.</summary>
    Connect,

    /// <summary>
    /// The request was sent and no answer began: another candidate may be tried; the provider may bill.
    /// </summary>
    FirstByte,

    /// <summary>The provider refused with a status: another candidate may be tried; nothing is billed.</summary>
    Refused,

    /// <summary>The answer had begun: the call ends here, and what was produced is billed.</summary>
    Body,
}

/// <summary>Why it failed.</summary>
internal enum UpstreamCause
{
    /// <summary>The connection could not be made, or broke.</summary>
    Connection,

    /// <summary>A timeout of ours.</summary>
    Timeout,

    /// <summary>No credential for the provider could be had.</summary>
    Credential,

    /// <summary>The provider's status.</summary>
    Status,

    /// <summary>The answer is not what its protocol says.</summary>
    Protocol,

    /// <summary>An error in the place of an answer, under the status 200.</summary>
    ErrorEvent,

    /// <summary>None of the provider's: we ended it, because its budget had nothing left.</summary>
    BudgetSpent,
}

/// <summary>A fault of a provider: routing decides on the stage, the caller's error on the cause.</summary>
/// <param name="Stage">How far the attempt had come.</param>
/// <param name="Cause">Why it failed.</param>
/// <param name="Status">The provider's status, when it gave one.</param>
/// <param name="RetryAfter">When the provider asked to be tried again.</param>
internal sealed record UpstreamError(
    UpstreamStage Stage, UpstreamCause Cause, int? Status = null, TimeSpan? RetryAfter = null)
{
    /// <summary>What the provider said, when it said something that was understood.</summary>
    public ProviderFault? Fault { get; init; }

    /// <summary>
    /// For records and metrics, for example <c>connection_failed</c>, <c>http_503</c>, <c>timeout</c>.
    /// </summary>
    public string Outcome => Cause switch
    {
        UpstreamCause.Timeout => "timeout",
        UpstreamCause.Credential => "no_credential",
        UpstreamCause.Status => $"http_{Status}",
        UpstreamCause.Protocol => "protocol_error",
        UpstreamCause.ErrorEvent => "error_event",
        UpstreamCause.BudgetSpent => "budget_ended",
        _ => Stage == UpstreamStage.Body ? "connection_lost" : "connection_failed",
    };
}
