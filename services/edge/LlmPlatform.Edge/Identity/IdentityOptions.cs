using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Identity;

/// <summary>How callers are known: <c>Edge__Identity__…</c> in the environment.</summary>
internal sealed class IdentityOptions
{
    public const string Section = "Edge:Identity";

    /// <summary>
    /// How long keys at hand are used without PostgreSQL confirming them; longer, and every caller is answered 503. For
    /// as long a withdrawn secret is remembered in Redis, where an edge with such keys is told of it. Default 7 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan TrustKeysFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long the old secret of a rotated key stays valid when the request does not say. Default 24 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "90.00:00:00")]
    public TimeSpan RotationGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The longest grace a request may ask for. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan LongestRotationGrace { get; init; } = TimeSpan.FromDays(30);
}
