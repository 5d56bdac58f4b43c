using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Settlement;

/// <summary>The spool on disk: <c>Edge__Spool__…</c> in the environment.</summary>
internal sealed class SpoolOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Edge:Spool";

    /// <summary>What usage must have reached before the last byte of a response leaves. Default fsync.</summary>
    public SpoolDurability Durability { get; init; } = SpoolDurability.Fsync;

    /// <summary>
    /// Bytes the money lane may hold for consumers that have not taken them yet; at 90 % new billable calls are
    /// refused. Default 8 GiB, about ten million calls.
    /// </summary>
    [Range(1L << 20, 1L << 44)]
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>
    /// The same for refused requests, whose events are dropped and counted beyond it. Default 256 MiB.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxRefusalBytes { get; init; } = 256L << 20;

    /// <summary>Bytes after which a new segment file is begun. Default 64 MiB.</summary>
    [Range(1L << 16, 1L << 30)]
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>
    /// How long a segment stays after every consumer has passed it, so that holds can be settled again when Redis has
    /// lost its last second. <see cref="MaxBytes"/> goes before it. Default 15 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan ReplayWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long the last byte of a response may wait for the broker with <see cref="SpoolDurability.Confirm"/>.
    /// Afterwards it leaves, and the usage waits on the device. Default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConfirmPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The least time between two flushes to the device where a caller waits for them; a lone record does not wait for
    /// it. Default 1 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:00.002")]
    public TimeSpan GroupCommitWindow { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// The same with <see cref="SpoolDurability.Os"/>, where no caller waits, but nothing is published or settled
    /// before it is on the device. Default 20 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan LazyFlushInterval { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long the last byte of a response may wait for a disk that fails or hangs. Afterwards it leaves, and the
    /// usage is kept in memory, or in the page cache, until the disk is back. Default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan DiskPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Records kept in memory while the disk refuses them; one more is dropped, and its intent stands for it. Default
    /// 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxHeldRecords { get; init; } = 10_000;

    /// <summary>
    /// Usage records whose settlement stays in memory until it is done; a settler that is further behind reads the
    /// files. Default 4,096, some 400 KiB.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxRecentUsage { get; init; } = 4_096;

    /// <summary>
    /// How often cursors and the checkpoint are written, segments deleted and a failed disk tried again; what consumers
    /// took since the last time is taken again after a crash. Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan UpkeepInterval { get; init; } = TimeSpan.FromSeconds(1);
}
