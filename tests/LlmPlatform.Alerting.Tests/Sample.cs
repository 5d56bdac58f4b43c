using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests;

/// <summary>Channels and crossings in few words.</summary>
internal static class Sample
{
    /// <summary>Part of every Slack and webhook address here; it must be seen nowhere.</summary>
    public const string AddressSecret = "T000-hidden-token";

    /// <summary>What webhook posts are signed with; it must be seen nowhere.</summary>
    public const string SigningSecret = "a-hidden-signing-secret";

    /// <summary>What signs in to the mail server; it must be seen nowhere.</summary>
    public const string MailPassword = "a-hidden-mail-password";

    public static ChannelConfiguration Slack(SlackSink sink, string name = "ops-slack") => Slack(sink.Url, name);

    public static ChannelConfiguration Slack(Uri address, string name = "ops-slack") => new()
    {
        Name = name,
        Kind = ChannelKind.Slack,
        Url = new Secret(new Uri(address, $"/services/{AddressSecret}").ToString()),
    };

    public static ChannelConfiguration Webhook(SlackSink sink, string? secret = SigningSecret) => new()
    {
        Name = "hook",
        Kind = ChannelKind.Webhook,
        Url = new Secret(new Uri(sink.Url, $"/hook/{AddressSecret}").ToString()),
        Secret = secret is null ? null : new Secret(secret),
    };

    public static ChannelConfiguration OnCall(SlackSink sink) => new()
    {
        Name = "oncall",
        Kind = ChannelKind.PagerDuty,
        Url = new Secret(new Uri(sink.Url, "/v2/enqueue").ToString()),
        Secret = new Secret("routing-key"),
        MinSeverity = AlertSeverity.Critical,
    };

    public static ConditionObserved Down(
        DateTimeOffset at, bool holds = true, string provider = "openai", TimeSpan? goodFor = null) => new()
    {
        Condition = "provider.down",
        Subject = provider,
        Holds = holds,
        Detail = "last probe: timeout",
        ObservedAt = at,
        GoodFor = goodFor,
    };

    public static ChannelConfiguration Mail(int port, params string[] to) => new()
    {
        Name = "finance-mail",
        Kind = ChannelKind.Email,
        To = to is [] ? ["finance@example.com"] : to,
        Smtp = new SmtpConfiguration
        {
            Host = SmtpSink.Host,
            Port = port,
            From = "platform@example.com",
            Tls = SmtpTls.None,
        },
    };

    public static BudgetThresholdCrossed Crossing(
        int basisPoints = 8000, string period = "2026-11", string name = "acme-month", params string[] channels) =>
        new()
        {
            BudgetId = "budget-1",
            BudgetName = name,
            Scope = "tenant:acme",
            PeriodId = period,
            PeriodStartsAt = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
            PeriodEndsAt = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero),
            ThresholdBasisPoints = basisPoints,
            SpentNanoUsd = 400_000_000_000,
            LimitNanoUsd = 500_000_000_000,
            Enforced = true,
            Channels = channels is [] ? ["ops-slack"] : channels,
            CrossedAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        };
}
