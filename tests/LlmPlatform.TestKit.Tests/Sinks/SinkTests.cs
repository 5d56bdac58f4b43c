using System.Net.Http.Json;
using System.Net.Mail;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.TestKit.Tests.Sinks;

public sealed class SinkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slack_remembers_refused_calls_apart_from_accepted_ones()
    {
        await using var slack = await SlackSink.StartAsync();
        slack.FailNext(1, 500);
        using var http = new HttpClient();
        foreach (var text in new[] { "first", "second" })
            (await http.PostAsJsonAsync(slack.Url, new { text }, Token)).Dispose();
        Assert.Equal([500, 200], slack.Attempts.Select(attempt => attempt.Status));
        Assert.Equal("second", Assert.Single(slack.Messages).Body.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Mail_is_read_back_as_it_was_written()
    {
        await using var mail = SmtpSink.Start();
        using var client = new SmtpClient(SmtpSink.Host, mail.Port);
        using var message = new MailMessage("from@example.com", "to@example.com", "預算 80 % 已用", ".\nDörte zahlt 5 €");
        await client.SendMailAsync(message, Token);
        var taken = Assert.Single(mail.Messages);
        Assert.Equal("from@example.com", taken.From);
        Assert.Equal(["to@example.com"], taken.Recipients);
        Assert.Equal("預算 80 % 已用", taken.Subject);
        Assert.Equal(".\nDörte zahlt 5 €", taken.Body.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public async Task A_scripted_failure_is_answered_and_nothing_is_taken()
    {
        await using var mail = SmtpSink.Start();
        mail.FailNext(1, 451);
        using var client = new SmtpClient(SmtpSink.Host, mail.Port);
        using var message = new MailMessage("from@example.com", "to@example.com", "s", "b");
        await Assert.ThrowsAsync<SmtpException>(() => client.SendMailAsync(message, Token));
        Assert.Empty(mail.Messages);
        await client.SendMailAsync(message, Token);
        Assert.Single(mail.Messages);
    }
}
