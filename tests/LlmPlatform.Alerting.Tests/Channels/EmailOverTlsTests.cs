using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Channels;

/// <summary>Against a mail server that takes nothing in clear.</summary>
public sealed class EmailOverTlsTests : IDisposable
{
    private readonly string _authorities = Path.GetTempFileName();
    private readonly X509Certificate2 _certificate;

    public EmailOverTlsTests()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=sink", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(_authorities, made.ExportCertificatePem());
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _certificate.Dispose();
        File.Delete(_authorities);
    }

    [Theory]
    [InlineData(SmtpTls.StartTls)]
    [InlineData(SmtpTls.Implicit)]
    public async Task A_mail_and_the_credentials_travel_over_tls_to_a_server_that_is_trusted_only(SmtpTls tls)
    {
        await using var mail = SmtpSink.StartSecure(_certificate, tls == SmtpTls.Implicit);
        var channel = Channel(mail, tls);

        var doubted = await Channel(new ChannelOptions())
            .SendAsync(channel, Notice(), Token);
        Assert.Equal(SendOutcome.Retry, doubted.Outcome);
        Assert.Contains("certificate", doubted.Detail, StringComparison.Ordinal);
        Assert.Empty(mail.SignedIn);

        var sent = await Trusting().SendAsync(channel, Notice(), Token);
        Assert.Equal((SendOutcome.Delivered, "accepted"), (sent.Outcome, sent.Detail));
        Assert.Equal("ann:s3cret", Assert.Single(mail.SignedIn));
        var message = Assert.Single(mail.Messages);
        Assert.Equal(["finance@example.com"], message.Recipients);
        Assert.Equal("[LLM platform] 漢字 in a subject that is longer than one encoded word may be", message.Subject);
        Assert.StartsWith(".hidden by no server", message.Text, StringComparison.Ordinal);
        Assert.All(message.Raw.Split("\r\n"), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public async Task Nothing_is_sent_in_clear_where_tls_was_asked_for()
    {
        await using var mail = SmtpSink.Start();
        var result = await Trusting().SendAsync(Channel(mail, SmtpTls.StartTls), Notice(), Token);
        Assert.Equal(SendOutcome.Refused, result.Outcome);
        Assert.Contains("STARTTLS", result.Detail, StringComparison.Ordinal);
        Assert.Empty(mail.Messages);
    }

    private EmailChannel Trusting() => Channel(new ChannelOptions { TlsAuthorityFile = _authorities });

    private static EmailChannel Channel(ChannelOptions options) =>
        new(options, new AttachedPapers(new NoClients(), new PlatformEnvironment(), options), TimeProvider.System);

    private static ChannelConfiguration Channel(SmtpSink mail, SmtpTls tls)
    {
        var plain = Sample.Mail(mail.Port);
        return plain with
        {
            Smtp = plain.Smtp! with { Tls = tls, Username = "ann", Password = new Secret("s3cret") },
        };
    }

    private static AlertNotice Notice() => new()
    {
        DeliveryId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Kind = "channel.test",
        OccurredAt = TimeProvider.System.GetUtcNow(),
        Title = "漢字 in a subject that is longer than one encoded word may be",
        Text = ".hidden by no server",
        Facts = [new NoticeFact("Budget", "acme")],
        Data = new { },
    };

    // No notice here has papers.
    private sealed class NoClients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException();
    }
}
