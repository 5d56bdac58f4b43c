using System.ComponentModel.DataAnnotations;
using System.Net;

namespace LlmPlatform.Alerting.Channels;

/// <summary>How channels are spoken to: <c>Alerting__Channels__…</c> in the environment.</summary>
internal sealed class ChannelOptions : IValidatableObject
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

    /// <summary>
    /// How long an address that a mail server refused for good is left out of a channel's mails, before it is tried
    /// again; the others get them. Default 1 day; 0 leaves none out.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan RefusedAddressPause { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Where a console is that shows <c>budgets/NAME</c>, <c>bills</c> and <c>alerts</c>, such as
    /// <c>https://llm.example.com/console</c>: notices link to it. None by default, and then they link nowhere.
    /// </summary>
    public Uri? ConsoleUrl { get; init; }

    /// <summary>
    /// Networks that Slack, webhook and PagerDuty addresses may lead to although they are not public, such as
    /// <c>10.1.0.0/16</c>. Mail servers are named by the operator and may be anywhere. None by default.
    /// </summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ConsoleUrl is not (null or { IsAbsoluteUri: true, Scheme: "http" or "https" }))
            yield return new ValidationResult("must begin with http:// or https://.", [nameof(ConsoleUrl)]);
        foreach (var network in AllowedNetworks ?? [])
        {
            if (!IPNetwork.TryParse(network, out _))
                yield return new ValidationResult(
                    $"'{network}' is no network; write it like 10.1.0.0/16.", [nameof(AllowedNetworks)]);
        }
    }
}
