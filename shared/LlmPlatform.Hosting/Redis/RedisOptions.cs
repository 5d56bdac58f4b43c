using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting.Redis;

/// <summary>Where Redis is and how long to wait for it. Every queue and wait of the client is bounded here.</summary>
public sealed class RedisOptions
{
    /// <summary>
    /// <c>host:port[,password=…][,user=…][,ssl=true][,sslHost=…][,defaultDatabase=n][,name=…]</c>. The port is 6379
    /// by default. A password may hold <c>=</c> but no comma. The text is a secret: never log it.
    /// </summary>
    [Required]
    public required string ConnectionString { get; init; }

    /// <summary>How long connecting, TLS and authentication may take together. 2 s by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a caller that names no timeout waits for a reply. 1 s by default. Deadlines are checked every 10 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a connection with commands in flight may stay without a single byte from the server before it is taken
    /// for dead and replaced. 5 s by default; keep it above the slowest script.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may be idle before it is tried with a PING. 15 s by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The first wait before connecting again; it doubles, with jitter. 50 ms by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan ReconnectDelayMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before connecting again. 2 s by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Connections, each pipelining the commands of many callers. 1 by default, at most 16.</summary>
    [Range(1, 16)]
    public int Connections { get; init; } = 1;

    /// <summary>Commands a connection may have in flight; the next one is refused. 16,384 by default.</summary>
    [Range(1, 1_048_576)]
    public int PendingCommandsMax { get; init; } = 16_384;

    /// <summary>Bytes that may wait to be sent on a connection; the next are refused. 64 MiB by default.</summary>
    [Range(4_096, 1_073_741_824)]
    public int UnsentBytesMax { get; init; } = 64 * 1_048_576;

    /// <summary>The largest reply accepted; a larger one closes the connection. 64 MiB by default.</summary>
    [Range(4_096, 1_073_741_824)]
    public int ReplyBytesMax { get; init; } = 64 * 1_048_576;

    /// <summary>
    /// Runs what follows an awaited reply on the thread that reads replies, which saves a thread-pool hop a call. Off
    /// by default: a continuation that blocks, or works long, then holds up the replies of every other caller.
    /// Timeouts, cancellations and connection losses are always delivered on the thread pool.
    /// </summary>
    public bool InlineCompletions { get; init; }

    /// <summary>
    /// How long commands may gather behind those the server is at work on, so that many leave in one write. Only with
    /// <see cref="InlineCompletions"/>; a reply ends it sooner. 200 µs by default, zero for never, at most 5 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:00.005")]
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>A PEM file of authorities to trust for TLS instead of the machine's. None by default.</summary>
    public string? TlsAuthorityFile { get; init; }

    /// <exception cref="FormatException">The connection string is wrong; the message names the part.</exception>
    /// <exception cref="ValidationException">A limit is out of its range.</exception>
    internal RedisEndpoint Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return RedisEndpoint.Parse(ConnectionString);
    }
}
