using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Completeness;

/// <summary>When something counts as missing: <c>Billing__Completeness__…</c> in the environment.</summary>
internal sealed class CompletenessOptions
{
    public const string Section = "Billing:Completeness";

    /// <summary>After which an edge that says nothing has vanished. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan VanishedAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After which a hold that expired without any usage is suspected. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan SuspectedAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Suspected requests listed at most. Default 1000.</summary>
    [Range(1, 100_000)]
    public int MaxSuspected { get; init; } = 1000;
}
