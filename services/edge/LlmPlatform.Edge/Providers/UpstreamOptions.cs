using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Providers;

/// <summary>How providers are called: <c>Edge__Upstream__…</c> in the environment.</summary>
internal sealed class UpstreamOptions
{
    public const string Section = "Edge:Upstream";

    /// <summary>For TCP and TLS together. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>HTTP/1.1 connections to one provider. Default 4096.</summary>
    [Range(1, 100_000)]
    public int MaxConnectionsPerProvider { get; init; } = 4096;

    /// <summary>
    /// After which a connection is not used for another call, so that a change in DNS is seen. Default 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After which an unused connection is closed. Default 90 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ConnectionIdleTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Whether <c>HTTPS_PROXY</c> and its like are honoured. Default true.</summary>
    public bool UseProxy { get; init; } = true;

    /// <summary>The largest answer that is not streamed, in bytes. Default 64 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxResponseBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest single event of a stream, in bytes. Default 16 MiB.</summary>
    [Range(4096, 1024 * 1024 * 1024)]
    public int MaxEventBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// How long a stream is read on after its caller went away, so that the provider's own usage figures are billed;
    /// then it is cut and what passed is counted. Default 60 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:30:00")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the opening of a stream, which says nothing of the answer yet, is kept back: if the provider fails
    /// meanwhile, another serves and the caller sees nothing of it. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan HoldOpening { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Candidates tried for one request, the first included. Default 4.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; init; } = 4;

    /// <summary>Milliseconds between two tokens of the simulated provider. Default 20.</summary>
    [Range(0, 10_000)]
    public int SimulatedTokenMilliseconds { get; init; } = 20;
}
