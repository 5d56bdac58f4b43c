using LlmPlatform.Alerting.Incidents;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Billing;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

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
        var bill = Bill();
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

    [Fact]
    public async Task The_papers_of_a_bill_go_with_its_mail_and_one_that_is_too_large_is_named_instead()
    {
        var pdf = new byte[300_000];
        new Random(8).NextBytes(pdf);
        var asked = 0;
        await using var billing = await ServeAsync(context =>
        {
            // Away at first: the mail waits for its papers.
            context.Response.StatusCode = Interlocked.Increment(ref asked) == 1 ? 503 : 200;
            var isService = context.Request.Headers.Authorization.Count > 0;
            return context.Response.StatusCode == 503 || !isService ? Task.CompletedTask
                : context.Request.Path == "/papers/pdf" ? context.Response.Body.WriteAsync(pdf).AsTask()
                : context.Response.Body.WriteAsync(new byte[11 * 1024 * 1024]).AsTask();
        });
        await using var mail = SmtpSink.Start();
        await using var replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(Sample.Mail(mail.Port)),
            billing: new Uri(billing.Urls.Single()));
        BillPaper[] papers =
        [
            new() { Name = "INV-000042.pdf", MediaType = "application/pdf", Path = "/papers/pdf" },
            new() { Name = "INV-000042.csv", MediaType = "text/csv", Path = "/papers/csv" },
        ];
        await replica.Bus.Publish(Bill() with { Papers = papers }, Now);
        await Eventually.UntilAsync(() => mail.Messages.Count > 0, _deadline, "finance has its mail", Now);

        var sent = mail.Messages[0];
        Assert.Equal(pdf, Assert.Single(sent.Files, file => file.Key == "INV-000042.pdf").Value);
        Assert.Single(sent.Files);
        Assert.Contains("too large or out of reach: INV-000042.csv.", sent.Text, StringComparison.Ordinal);
        var delivery = await replica.DeliveryAsync();
        Assert.Equal($"<{delivery.Id:N}@example.com>", sent.Header("Message-ID"));
        Assert.True(delivery.Attempts > 1);
        Assert.All(sent.Raw.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    private static BillIssued Bill() => new()
    {
        BillId = "bill_acme_2026-11",
        Number = "INV-000042",
        Tenant = "acme 公司\r\nBcc: eve@example.com",
        Period = "2026-11",
        Currency = "EUR",
        Payable = 1234.5m,
        IssuedAt = _at,
    };

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(Now);
        return app;
    }
}
