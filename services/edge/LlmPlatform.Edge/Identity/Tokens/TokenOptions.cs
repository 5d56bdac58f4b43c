using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>Bounds of tokens and their issuers: <c>Edge__Tokens__…</c> in the environment.</summary>
internal sealed class TokenOptions
{
    public const string Section = "Edge:Tokens";

    /// <summary>How far an issuer's clock may be off ours, for <c>exp</c> and <c>nbf</c>. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an issuer's signing keys are fetched. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How soon they are fetched again when a token names a key that is not among them: whoever makes up names of keys
    /// makes us ask no more often. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan MinRefreshInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one fetch may take; a caller may have to wait as long. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The largest answer of an issuer, in bytes. Default 1 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxKeySetBytes { get; init; } = 1024 * 1024;

    /// <summary>How many keys of an issuer are used; more are left out. Default 100.</summary>
    [Range(1, 10_000)]
    public int MaxKeys { get; init; } = 100;

    /// <summary>The longest token, in characters. Default 16,384.</summary>
    [Range(256, 262_144)]
    public int MaxTokenLength { get; init; } = 16_384;

    /// <summary>How many tokens are remembered to be good, until they expire. Default 10,000.</summary>
    [Range(2, 10_000_000)]
    public int RememberedMax { get; init; } = 10_000;
}
