using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Admission;

/// <summary>Who may go on while Redis is away, and how far: <c>Edge__RedisAway__…</c> in the environment.</summary>
internal sealed class RedisAwayOptions
{
    public const string Section = "Edge:RedisAway";

    /// <summary>For everybody who is not named. Default FailClosed.</summary>
    public RedisAwayMode Mode { get; init; }

    /// <summary>By tenant, such as <c>Edge__RedisAway__Tenants__acme=LocalShare</c>.</summary>
    public Dictionary<string, RedisAwayMode> Tenants { get; init; } = [];

    /// <summary>By the name of a key; before its tenant.</summary>
    public Dictionary<string, RedisAwayMode> Keys { get; init; } = [];

    /// <summary>
    /// Allowlist: calls of one key in each <see cref="AllowlistWindow"/> at this edge. Default 100.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AllowlistCalls { get; init; } = 100;

    /// <summary>How long <see cref="AllowlistCalls"/> last. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AllowlistWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// LocalShare: how much of what a budget had left all edges together may spend without Redis. Default 0.5.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.5;

    /// <summary>
    /// How many edges there are, for one that has not heard it from Redis: each takes its part of a share. Default 4.
    /// </summary>
    [Range(1, 10_000)]
    public int Edges { get; init; } = 4;
}
