using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LlmPlatform.Hosting.Redis;

namespace LlmPlatform.Hosting.Tests.Redis;

public sealed class RedisGreetingTests : IAsyncLifetime
{
    private const string Password = "correct=horse";

    private readonly string _directory = Directory.CreateTempSubdirectory("redis-tls-").FullName;
    private RedisServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_right_password_is_let_in()
    {
        await RequirePasswordAsync();
        await using var redis = await ConnectAsync($"{_server.Address},password={Password}");
        await redis.PingAsync(Token);
    }

    [Fact]
    public async Task A_user_is_let_in_by_name_and_may_do_what_is_granted()
    {
        await using (var admin = await _server.ConnectAsync())
            await admin.ExecuteAsync(
                "ACL", ["SETUSER", "gate", "on", $">{Password}", "~mine:*", "+@all", "-client|setname"], Token);

        await using var redis = await ConnectAsync($"{_server.Address},user=gate,password={Password}");

        Assert.Equal("gate", (await redis.ExecuteAsync("ACL", ["WHOAMI"], Token)).AsString());
        var refused = await Assert.ThrowsAsync<RedisServerException>(
            async () => await redis.ExecuteAsync("GET", ["other"], Token));
        Assert.Equal("NOPERM", refused.Code);
    }

    [Theory]
    [InlineData("password=hunter2", "refused the credentials (WRONGPASS)")]
    [InlineData("user=nobody,password=hunter2", "refused the credentials (WRONGPASS)")]
    [InlineData("defaultDatabase=99,password=" + Password, "refused database 99")]
    [InlineData("name=none", "refused PING (NOAUTH)")]
    public async Task A_refused_greeting_says_why_and_never_the_password(string parts, string why)
    {
        await RequirePasswordAsync();
        await using var redis = new RedisClient(new RedisOptions { ConnectionString = $"{_server.Address},{parts}" });

        var failure = await FailureSayingAsync(redis, why);

        Assert.Contains(_server.Address, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, failure.ToString(), StringComparison.Ordinal);
        Assert.False(redis.IsConnected);
    }

    [Fact]
    public async Task A_server_that_is_not_redis_is_not_taken_for_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var answering = AnswerAsync(listener, stop.Token);
        await using var redis = new RedisClient(new RedisOptions
        {
            ConnectionString = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}",
        });

        await FailureSayingAsync(redis, "not a RESP2 reply");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);

        static async Task AnswerAsync(TcpListener listener, CancellationToken cancellationToken)
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                try
                {
                    var stream = client.GetStream();
                    await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), cancellationToken);
                    await stream.CopyToAsync(Stream.Null, cancellationToken);
                }
                catch (IOException)
                {
                    // The client has hung up, as it should.
                }
            }
        }
    }

    [Fact]
    public async Task Tls_is_spoken_with_a_server_whose_authority_is_trusted_and_no_other()
    {
        var address = await ServeTlsAsync();

        await using var trusting = await RedisServer.ConnectAsync(new RedisOptions
        {
            ConnectionString = $"{address},ssl=true,sslHost=redis.test",
            TlsAuthorityFile = Path.Combine(_directory, "authority.pem"),
        });
        var value = new string('x', 1 << 20);
        await trusting.ExecuteAsync("SET", ["tls", value], Token);
        Assert.Equal(value, (await trusting.ExecuteAsync("GET", ["tls"], Token)).AsString());

        await using var wary = new RedisClient(
            new RedisOptions { ConnectionString = $"{address},ssl=true,sslHost=redis.test" });
        await FailureSayingAsync(wary, "certificate");
    }

    private static Task<RedisClient> ConnectAsync(string connectionString) =>
        RedisServer.ConnectAsync(new RedisOptions { ConnectionString = connectionString });

    private static async Task<RedisUnavailableException> FailureSayingAsync(RedisClient redis, string why)
    {
        RedisUnavailableException? failure = null;
        await RedisServer.UntilAsync(
            async () =>
            {
                failure = await Assert.ThrowsAsync<RedisUnavailableException>(async () => await redis.PingAsync(Token));
                Assert.Contains(why, failure.Message, StringComparison.Ordinal);
                return true;
            },
            $"a command fails with '{why}'");
        return failure!;
    }

    private async Task RequirePasswordAsync()
    {
        await using var admin = await _server.ConnectAsync();
        await admin.ExecuteAsync("CONFIG", ["SET", "requirepass", Password], Token);
    }

    private async Task<string> ServeTlsAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=redis.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("redis.test");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (authority, secret) = (Path.Combine(_directory, "authority.pem"), Path.Combine(_directory, "key.pem"));
        await File.WriteAllTextAsync(authority, certificate.ExportCertificatePem(), Token);
        await File.WriteAllTextAsync(secret, key.ExportPkcs8PrivateKeyPem(), Token);

        await using var admin = await _server.ConnectAsync();
        await admin.ExecuteAsync(
            "CONFIG",
            ["SET", "tls-cert-file", authority, "tls-key-file", secret, "tls-ca-cert-file", authority,
                "tls-auth-clients", "no"],
            Token);

        // Another process may take the port between asking for a free one and listening on it: then the next is tried.
        while (true)
        {
            var port = FreePort().ToString(CultureInfo.InvariantCulture);
            try
            {
                await admin.ExecuteAsync("CONFIG", ["SET", "tls-port", port], Token);
                return $"127.0.0.1:{port}";
            }
            catch (RedisServerException refused) when (refused.Message.Contains("listen", StringComparison.Ordinal))
            {
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
