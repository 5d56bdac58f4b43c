using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Billing;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Notices;

/// <summary><see cref="BillIssuedConsumer"/> and <see cref="UnpricedUsageFoundConsumer"/>.</summary>
public sealed class NoticeTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset _at = new(2026, 12, 4, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_issued_bill_is_mailed_to_finance_once_and_usage_without_a_price_is_told_everywhere()
    {
        await using var slack = await SlackSink.StartAsync();
        await using var mail = SmtpSink.Start();
        await using var replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(Sample.Slack(slack), Sample.Mail(mail.Port)));
        var bill = new BillIssued
        {
            BillId = "bill_acme_2026-11",
            Number = "INV-000042",
            Tenant = "acme 公司\r\nBcc: eve@example.com",
            Period = "2026-11",
            Currency = "EUR",
            Payable = 1234.5m,
            IssuedAt = _at,
        };
        foreach (var _ in Enumerable.Range(0, 5))
            await replica.Bus.Publish(bill, Now);
        await Eventually.UntilAsync(() => mail.Messages.Count > 0, _deadline, "finance has its mail", Now);

        var sent = mail.Messages[0];
        Assert.Contains("INV-000042", sent.Subject, StringComparison.Ordinal);
        Assert.Contains("1,234.50 EUR", sent.Subject, StringComparison.Ordinal);
        Assert.Contains("/admin/v1/bills/bill_acme_2026-11.pdf", sent.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("eve@example.com", sent.Recipients);

        await replica.Bus.Publish(
            new UnpricedUsageFound
            {
                Sku = "new@openai/new-1",
                Model = "new",
                Provider = "openai",
                ServiceTier = "standard",
                FoundAt = _at,
            },
            Now);
        await Eventually.UntilAsync(
            () => slack.Messages.Count > 0 && mail.Messages.Count > 1, _deadline, "everybody knows", Now);

        // Behind the repeats of the bill on its channel: had one opened a delivery, it would have been sent before.
        Assert.Equal(2, mail.Messages.Count);
        Assert.Single(slack.Messages);
        Assert.Equal(3, (await replica.DeliveriesAsync()).Count);
    }
}
