using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Channels;

public sealed class EmailChannelTests : IAsyncLifetime
{
    private const string Channel = "finance-mail";

    private readonly ManualTimeProvider _clock = new();
    private readonly SmtpSink _mail = SmtpSink.Start();
    private AlertingReplica _replica = null!;

    public async ValueTask InitializeAsync() => _replica = AlertingReplica.Build(
        await AlertingReplica.CreateDatabaseAsync(),
        new ChangingConfiguration(Sample.Mail(_mail.Port, "ann@example.com", "bo@example.com")),
        _clock);

    public async ValueTask DisposeAsync()
    {
        await _replica.DisposeAsync();
        await _mail.DisposeAsync();
    }

    [Fact]
    public async Task A_mail_goes_to_everybody_named_in_text_and_html_and_says_that_no_one_should_answer()
    {
        await _replica.OpenAsync(Sample.Crossing(channels: [Channel], name: "漢-<b>\r\nBcc: eve@example.com"));

        await _replica.SendDueAsync(Channel);

        var mail = Assert.Single(_mail.Messages);
        var delivery = await _replica.DeliveryAsync();
        Assert.Equal(["ann@example.com", "bo@example.com"], mail.Recipients);
        Assert.Equal("platform@example.com", mail.From);
        Assert.Equal("[LLM platform] Budget 漢-<b>  Bcc: eve@example.com has reached 80 %", mail.Subject);
        Assert.Equal($"<{delivery.Id:N}@example.com>", mail.Header("Message-ID"));
        Assert.Equal("auto-generated", mail.Header("Auto-Submitted"));
        Assert.Equal("", mail.Header("Bcc"));
        Assert.StartsWith("multipart/alternative", mail.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Contains("text/plain", mail.Raw, StringComparison.Ordinal);
        Assert.Contains("text/html", mail.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_says_later_is_tried_again_under_the_same_message_id()
    {
        _mail.FailNext(1, 451);
        _mail.FailNext(1, 421, SmtpStage.Sender);
        await _replica.OpenAsync(Sample.Crossing(channels: [Channel]));

        for (var attempt = 0; attempt < 3; attempt++)
        {
            await _replica.SendDueAsync(Channel);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        var delivery = await _replica.DeliveryAsync();
        Assert.Equal((DeliveryState.Delivered, 3), (delivery.State, delivery.Attempts));
        Assert.Equal($"<{delivery.Id:N}@example.com>", Assert.Single(_mail.Messages).Header("Message-ID"));
    }

    [Theory]
    [InlineData(SmtpStage.Sender)]
    [InlineData(SmtpStage.Text)]
    public async Task A_reply_that_says_never_is_given_up(SmtpStage stage)
    {
        _mail.FailNext(1, 554, stage);
        await _replica.OpenAsync(Sample.Crossing(channels: [Channel]));

        await _replica.SendDueAsync(Channel);

        var delivery = await _replica.DeliveryAsync();
        Assert.Equal((DeliveryState.Dead, "SMTP 554"), (delivery.State, delivery.LastResult));
    }

    [Fact]
    public async Task A_mail_that_some_recipients_refuse_is_not_sent_to_the_others_again()
    {
        _mail.FailNext(1, 550, SmtpStage.Recipient);
        await _replica.OpenAsync(Sample.Crossing(channels: [Channel]));

        await _replica.SendDueAsync(Channel);

        var delivery = await _replica.DeliveryAsync();
        Assert.Equal(
            (DeliveryState.Delivered, "accepted; 1 of 2 recipients refused"), (delivery.State, delivery.LastResult));
        Assert.Single(_mail.Messages);
    }

    [Fact]
    public async Task An_address_that_was_refused_for_good_is_shown_and_left_out_for_a_day_and_then_tried_again()
    {
        _mail.FailNext(1, 550, SmtpStage.Recipient);
        var refusedAt = _clock.GetUtcNow();
        await SendAsync(1_000);
        Assert.Equal([("ann@example.com", 550, refusedAt)], await RefusedAsync());

        await SendAsync(2_000);
        Assert.Equal(["bo@example.com"], _mail.Messages[^1].Recipients);

        // Nobody else is left: better one refusal more than a mail to nobody.
        _mail.FailNext(1, 550, SmtpStage.Recipient);
        await SendAsync(3_000);
        await SendAsync(4_000);
        Assert.Equal(["ann@example.com", "bo@example.com"], _mail.Messages[^1].Recipients);
        Assert.Empty(await RefusedAsync());

        _mail.FailNext(1, 450, SmtpStage.Recipient);
        await SendAsync(5_000);
        Assert.Empty(await RefusedAsync());
        _mail.FailNext(1, 550, SmtpStage.Recipient);
        await SendAsync(6_000);
        _clock.Advance(TimeSpan.FromDays(1));
        await SendAsync(7_000);
        Assert.Equal(["ann@example.com", "bo@example.com"], _mail.Messages[^1].Recipients);
        Assert.Empty(await RefusedAsync());
    }

    [Fact]
    public async Task A_mail_that_every_recipient_refuses_is_given_up()
    {
        _mail.FailNext(2, 550, SmtpStage.Recipient);
        await _replica.OpenAsync(Sample.Crossing(channels: [Channel]));

        await _replica.SendDueAsync(Channel);

        Assert.Equal(DeliveryState.Dead, (await _replica.DeliveryAsync()).State);
        Assert.Empty(_mail.Messages);
    }

    private async Task SendAsync(int threshold)
    {
        await _replica.OpenAsync(Sample.Crossing(threshold, channels: [Channel]));
        await _replica.SendDueAsync(Channel);
    }

    private async Task<IEnumerable<(string Address, int Reply, DateTimeOffset Since)>> RefusedAsync()
    {
        await using var database = AlertingReplica.Open(_replica.Postgres);
        var rows = await new RefusedAddresses(database, new ChannelOptions(), _clock)
            .ListAsync(TestContext.Current.CancellationToken);
        return rows.Select(row => (row.Address, row.Reply, row.Since));
    }
}
