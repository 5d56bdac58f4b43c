using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Alerting.Channels;

/// <summary>How channels are spoken to: <c>Alerting__Channels__…</c> in the environment.</summary>
internal sealed class ChannelOptions
{
    public const string Section = "Alerting:Channels";

    /// <summary>After which one attempt is given up. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A PEM file of authorities to trust for mail servers instead of the machine's. None by default.
    /// </summary>
    public string? TlsAuthorityFile { get; init; }

    /// <summary>
    /// Bytes of papers that one mail carries at most; what is beyond is left out, and the mail says so. Default 10 MiB;
    /// 0 attaches nothing.
    /// </summary>
    [Range(0, 100 * 1024 * 1024)]
    public int MaxAttachmentBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>The longest pause that a channel may ask for with <c>Retry-After</c>. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromHours(1);
}
