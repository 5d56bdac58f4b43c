using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Routing;

/// <summary>How failed attempts are followed by others: <c>Edge__Failover__…</c> in the environment.</summary>
internal sealed class FailoverOptions
{
    public const string Section = "Edge:Failover";

    /// <summary>
    /// Until an answer must have begun, from the beginning of the call, where its model does not say. Default 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The longest a call waits before the same deployment is tried again, also when its provider asks for longer.
    /// Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan MaxRetryWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest a deployment is left alone because its provider asked for it. Default 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan MaxCooldown { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// For how long others are preferred to a deployment that is over its limit and does not say for how long. Default
    /// 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00")]
    public TimeSpan UsualCooldown { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// For how long others are preferred to a deployment whose account has no money left. Default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ExhaustedCooldown { get; init; } = TimeSpan.FromMinutes(1);
}
