using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Http1;

namespace LlmPlatform.Edge.Tests.Providers.Http1;

/// <summary>The wire, byte by byte: who is on the other side is a socket and what a test writes into it.</summary>
public sealed class Http1HandlerTests : IDisposable
{
    private readonly TcpListener _provider = new(IPAddress.Loopback, 0);
    private readonly HttpMessageInvoker _client = ClientOf(trust: null);

    public Http1HandlerTests() => _provider.Start();

    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    private Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_provider.LocalEndpoint).Port}/v1/chat?version=1");

    public void Dispose()
    {
        _client.Dispose();
        _provider.Dispose();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200\ncontent-length:5\n\nhello", "hello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello")]
    public async Task A_connection_serves_one_call_after_the_other(string answer, string body)
    {
        var first = CallAsync();
        using var connection = await AcceptAsync();
        await AnswerAsync(connection, answer, inPieces: true);
        Assert.Equal(body, await first);

        for (var call = 0; call < 3; call++)
        {
            var next = CallAsync();
            await AnswerAsync(connection, answer, inPieces: false);
            Assert.Equal(body, await next);
        }

        Assert.False(_provider.Pending());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    public async Task A_connection_that_ends_with_its_answer_serves_no_other_call(string answer, string body)
    {
        for (var call = 0; call < 2; call++)
        {
            var answered = CallAsync();
            using (var connection = await AcceptAsync())
            {
                await AnswerAsync(connection, answer, inPieces: false);
            }

            Assert.Equal(body, await answered);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n0\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("220 mail.example.com ready\r\n\r\n")]
    public async Task An_answer_that_was_cut_or_is_none_is_a_fault(string answer)
    {
        var answered = CallAsync();
        using (var connection = await AcceptAsync())
        {
            await AnswerAsync(connection, answer, inPieces: false);
        }

        var fault = await Record.ExceptionAsync(() => answered);

        Assert.True(fault is HttpRequestException or IOException, $"{fault}");
    }

    [Fact]
    public async Task What_a_caller_does_not_read_on_costs_no_connection()
    {
        var sending = SendAsync(new RequestContent(new ArraySegment<byte>("{}"u8.ToArray())), Deadline);
        using var connection = await AcceptAsync();
        const string answer =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n[DONE]\r\n0\r\n\r\n";
        await AnswerAsync(connection, answer, inPieces: false);
        (await sending).Dispose();

        var next = CallAsync();
        await AnswerAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", inPieces: false);

        Assert.Equal("ok", await next);
        Assert.False(_provider.Pending());
    }

    [Fact]
    public async Task Whoever_cancels_is_let_go()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var sending = SendAsync(new RequestContent(new ArraySegment<byte>("{}"u8.ToArray())), patience.Token);
        using var connection = await AcceptAsync();
        await ReadRequestAsync(connection.GetStream());

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task No_header_can_be_smuggled_in_with_another()
    {
        var content = new RequestContent(new ArraySegment<byte>("{}"u8.ToArray()));
        using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = content };
        request.Headers.TryAddWithoutValidation("X-Name", "value\r\nX-Other: value");

        await Assert.ThrowsAsync<HttpRequestException>(() => _client.SendAsync(request, Deadline));
        Assert.False(content.WasSent);
    }

    [Fact]
    public async Task Under_TLS_a_connection_serves_one_call_after_the_other()
    {
        using var known = SelfSigned();
        using var client = ClientOf(trust: (_, given, _, _) =>
            given?.GetCertHashString() == known.GetCertHashString());
        var first = CallSecuredAsync(client);
        using var connection = await AcceptAsync();
        await using var secured = new SslStream(connection.GetStream());
        await secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = known }, Deadline);
        await AnswerAsync(secured, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", inPieces: true);
        Assert.Equal("hello", await first);

        var second = CallSecuredAsync(client);
        await AnswerAsync(
            secured,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            inPieces: true);

        Assert.Equal("hello", await second);
        Assert.False(_provider.Pending());
    }

    [Fact]
    public async Task A_provider_that_nobody_vouches_for_is_told_nothing()
    {
        var content = new RequestContent(new ArraySegment<byte>("{}"u8.ToArray()));
        using var request = new HttpRequestMessage(HttpMethod.Post, Secured) { Content = content };
        var sending = _client.SendAsync(request, Deadline);
        using var connection = await AcceptAsync();
        await using var secured = new SslStream(connection.GetStream());
        await Record.ExceptionAsync(() => secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = SelfSigned() }, Deadline));

        await Assert.ThrowsAsync<HttpRequestException>(() => sending);
        Assert.False(content.WasSent);
    }

    private Uri Secured => new UriBuilder(Address) { Scheme = Uri.UriSchemeHttps }.Uri;

    private static HttpMessageInvoker ClientOf(RemoteCertificateValidationCallback? trust) => new(new Http1Handler(
        new UpstreamOptions { UseProxy = false },
        TimeProvider.System,
        new SocketsHttpHandler { UseProxy = false },
        trust));

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private async Task<string> CallSecuredAsync(HttpMessageInvoker client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Secured)
        {
            Content = new RequestContent(new ArraySegment<byte>("{}"u8.ToArray())),
        };
        using var answer = await client.SendAsync(request, Deadline);
        return await answer.Content.ReadAsStringAsync(Deadline);
    }

    private async Task<string> CallAsync()
    {
        using var answer = await SendAsync(new RequestContent(new ArraySegment<byte>("{}"u8.ToArray())), Deadline);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Deadline);
    }

    private async Task<HttpResponseMessage> SendAsync(RequestContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = content };
        return await _client.SendAsync(request, cancellationToken);
    }

    private async Task<TcpClient> AcceptAsync() => await _provider.AcceptTcpClientAsync(Deadline);

    private async Task ReadRequestAsync(Stream connection)
    {
        var wanted = $"POST /v1/chat?version=1 HTTP/1.1\r\nHost: {Address.Authority}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        var bytes = new byte[wanted.Length];
        await connection.ReadExactlyAsync(bytes, Deadline);
        Assert.Equal(wanted, Encoding.ASCII.GetString(bytes));
    }

    private Task AnswerAsync(TcpClient connection, string answer, bool inPieces)
    {
        connection.NoDelay = true;
        return AnswerAsync(connection.GetStream(), answer, inPieces);
    }

    private async Task AnswerAsync(Stream connection, string answer, bool inPieces)
    {
        await ReadRequestAsync(connection);
        foreach (var piece in Encoding.ASCII.GetBytes(answer).Chunk(inPieces ? 1 : 4096))
        {
            await connection.WriteAsync(piece, Deadline);
        }
    }
}
