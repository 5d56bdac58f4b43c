using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge;

/// <summary>Bounds of the request path: <c>Edge__Requests__…</c> in the environment.</summary>
internal sealed class EdgeOptions
{
    public const string Section = "Edge:Requests";

    /// <summary>The largest request body, in bytes. Default 32 MiB.</summary>
    [Range(1024, 512 * 1024 * 1024)]
    public int MaxRequestBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Bytes of a request body that are taken for one input token when money is held. Three is more tokens than text of
    /// any common language makes; the hold must not be smaller than the call. Default 3.
    /// </summary>
    [Range(1, 16)]
    public int BytesPerInputToken { get; init; } = 3;

    /// <summary>
    /// The output bound written into a request when neither its caller nor its model names one, and a budget is
    /// enforced: the hold stands on it. Default 4096 tokens.
    /// </summary>
    [Range(1, 10_000_000)]
    public int DefaultMaxOutputTokens { get; init; } = 4096;

    /// <summary>
    /// The shortest output that a call is admitted with when its budget has less left than it may cost: its bound is
    /// lowered to what is left, and below this it is refused. Default 64 tokens.
    /// </summary>
    [Range(1, 10_000_000)]
    public int LeastOutputTokens { get; init; } = 64;

    /// <summary>
    /// How many output tokens a stream under soft budgets holds at a time: more are asked for while a quarter of them
    /// is left. Above <see cref="LeastOutputTokens"/>, which is the least that is asked for. Default 1,024.
    /// </summary>
    [Range(64, 1_000_000)]
    public int SoftHoldTokens { get; init; } = 1_024;

    /// <summary>How often the leases of open calls are renewed; well below the lease. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan LeaseRenewal { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the output of open streams is noted in the spool. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Streams that one key may have open at this edge at once. Default 20,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxStreamsPerKey { get; init; } = 20_000;

    /// <summary>Headers of a request; one with more is answered 431. Default 100.</summary>
    [Range(10, 10_000)]
    public int MaxHeaders { get; init; } = 100;

    /// <summary>All headers of a request together, in bytes; one with more is answered 431. Default 32 KiB.</summary>
    [Range(4096, 1024 * 1024)]
    public int MaxHeaderBytes { get; init; } = 32 * 1024;

    /// <summary>
    /// Silence of a provider in the middle of a stream after which its caller is sent a comment. Default 15 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan KeepAliveAfter { get; init; } = TimeSpan.FromSeconds(15);
}
