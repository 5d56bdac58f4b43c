using System.Security.Cryptography;
using LlmPlatform.Edge.Providers.Vertex;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Providers.Vertex;

/// <summary>A service account's key becomes access tokens, few and in time, or a clear refusal.</summary>
public sealed class AccessTokensTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _clock = new();
    private readonly VertexOptions _options = new();
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });
    private TokenEndpoint _endpoint = null!;
    private AccessTokens _tokens = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await TokenEndpoint.StartAsync();
        _tokens = Tokens(_endpoint.KeyFile());
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        _http.Dispose();
        await _endpoint.DisposeAsync();
    }

    [Fact]
    public async Task An_assertion_is_signed_with_the_account_s_key_and_says_who_asks_for_what_and_how_long()
    {
        var token = await _tokens.GetAsync(Stop);

        Assert.Equal(("ya29.token-1", null), (token.Value, token.Fault));
        var (head, claims) = _endpoint.Last!.Value;
        Assert.Equal(
            ("RS256", "JWT", "key-7"),
            (head.GetProperty("alg").GetString(), head.GetProperty("typ").GetString(),
                head.GetProperty("kid").GetString()));
        Assert.Equal("edge@a-project.iam.gserviceaccount.com", claims.GetProperty("iss").GetString());
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", claims.GetProperty("scope").GetString());
        Assert.Equal(_endpoint.Address.AbsoluteUri, claims.GetProperty("aud").GetString());
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
        Assert.Equal(_clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds(), claims.GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task A_token_is_kept_until_its_last_minutes()
    {
        await _tokens.GetAsync(Stop);
        _clock.Advance(TimeSpan.FromMinutes(55) - TimeSpan.FromSeconds(1));

        var token = await _tokens.GetAsync(Stop);

        Assert.Equal(("ya29.token-1", 1), (token.Value, _endpoint.Asked));
    }

    [Fact]
    public async Task In_its_last_minutes_a_token_is_renewed_while_calls_go_on_with_it()
    {
        await _tokens.GetAsync(Stop);
        _endpoint.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _clock.Advance(TimeSpan.FromMinutes(56));

        var meanwhile = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _tokens.GetAsync(Stop).AsTask()));

        Assert.All(meanwhile, token => Assert.Equal("ya29.token-1", token.Value));
        _endpoint.Gate.SetResult();
        await SoonAsync(
            async () => (await _tokens.GetAsync(Stop)).Value == "ya29.token-2", "the renewed token is used");
        Assert.Equal(2, _endpoint.Asked);
    }

    [Fact]
    public async Task Any_number_of_calls_without_a_token_wait_for_one_exchange()
    {
        _endpoint.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Enumerable.Range(0, 200).Select(_ => _tokens.GetAsync(Stop).AsTask()).ToArray();
        await SoonAsync(() => _endpoint.Asked == 1, "the exchange began");

        _endpoint.Gate.SetResult();

        Assert.All(await Task.WhenAll(waiting), token => Assert.Equal("ya29.token-1", token.Value));
        Assert.Equal(1, _endpoint.Asked);
    }

    [Fact]
    public async Task A_call_that_gives_up_ends_only_its_own_wait()
    {
        _endpoint.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        var given = _tokens.GetAsync(leaving.Token).AsTask();
        var staying = _tokens.GetAsync(Stop).AsTask();
        await SoonAsync(() => _endpoint.Asked == 1, "the exchange began");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        _endpoint.Gate.SetResult();
        Assert.Equal("ya29.token-1", (await staying).Value);
    }

    [Fact]
    public async Task A_token_that_is_over_is_not_used()
    {
        await _tokens.GetAsync(Stop);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("ya29.token-2", (await _tokens.GetAsync(Stop)).Value);
    }

    [Fact]
    public async Task A_short_lived_token_is_used_for_most_of_its_life()
    {
        _endpoint.LifetimeSeconds = 60;
        await _tokens.GetAsync(Stop);
        _clock.Advance(TimeSpan.FromSeconds(44));

        var token = await _tokens.GetAsync(Stop);

        Assert.Equal(("ya29.token-1", 1), (token.Value, _endpoint.Asked));
    }

    [Fact]
    public async Task A_failure_is_told_to_all_and_the_endpoint_is_left_alone_for_a_while()
    {
        _endpoint.Instead = Refuse(400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""");

        var first = await _tokens.GetAsync(Stop);
        var second = await _tokens.GetAsync(Stop);

        Assert.Equal("the token endpoint refused the service account: 400, invalid_grant", first.Fault);
        Assert.Null(first.Value);
        Assert.Equal(first, second);
        Assert.Equal(1, _endpoint.Asked);
        _endpoint.Instead = null;
        _clock.Advance(_options.FailurePause);
        Assert.Equal("ya29.token-2", (await _tokens.GetAsync(Stop)).Value);
    }

    [Fact]
    public async Task A_token_outlasts_a_renewal_that_fails()
    {
        await _tokens.GetAsync(Stop);
        _endpoint.Instead = Refuse(503, "busy");
        _clock.Advance(TimeSpan.FromMinutes(56));
        await _tokens.GetAsync(Stop);
        await SoonAsync(() => _endpoint.Asked == 2, "the renewal was tried");

        Assert.Equal("ya29.token-1", (await _tokens.GetAsync(Stop)).Value);
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.NotNull((await _tokens.GetAsync(Stop)).Fault);
    }

    [Fact]
    public async Task An_endpoint_that_is_silent_is_waited_for_no_longer_than_the_limit()
    {
        _endpoint.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = _tokens.GetAsync(Stop).AsTask();
        await SoonAsync(() => _endpoint.Asked == 1, "the exchange began");

        _clock.Advance(_options.TokenTimeout);

        Assert.Equal("the token endpoint did not answer within 10 s", (await waiting).Fault);
    }

    [Theory]
    [InlineData("""{"token_type":"Bearer","expires_in":3600}""")]
    [InlineData("""{"access_token":"","expires_in":3600}""")]
    [InlineData("""{"access_token":"a\r\nX-Other: b","expires_in":3600}""")]
    [InlineData("""{"access_token":"t","expires_in":0}""")]
    [InlineData("""{"access_token":"t","expires_in":99999999999}""")]
    [InlineData("""{"access_token":7,"expires_in":3600}""")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task An_answer_that_is_no_token_is_a_failure(string answer)
    {
        _endpoint.Instead = http => http.Response.WriteAsync(answer);

        var token = await _tokens.GetAsync(Stop);

        Assert.Null(token.Value);
        Assert.Equal("the token endpoint answered without a usable access_token and expires_in", token.Fault);
    }

    [Fact]
    public async Task An_answer_beyond_all_bounds_is_cut_off()
    {
        _endpoint.Instead = http => http.Response.WriteAsync(new string('x', 1024 * 1024));

        Assert.Equal("the token endpoint cannot be reached, or broke off", (await _tokens.GetAsync(Stop)).Fault);
    }

    [Fact]
    public async Task What_a_server_says_beside_its_error_code_is_not_repeated()
    {
        _endpoint.Instead = Refuse(401, """{"error":"the assertion was eyJhbGci…"}""");

        Assert.Equal(
            "the token endpoint refused the service account: 401, no error code", (await _tokens.GetAsync(Stop)).Fault);
    }

    [Fact]
    public async Task A_key_the_endpoint_does_not_know_is_refused_clearly()
    {
        using var other = RSA.Create(2048);
        using var tokens = Tokens(_endpoint.KeyFile(other.ExportPkcs8PrivateKeyPem()));

        Assert.Equal(
            "the token endpoint refused the service account: 400, invalid_grant", (await tokens.GetAsync(Stop)).Fault);
    }

    [Fact]
    public async Task A_token_that_Google_takes_no_more_is_replaced()
    {
        await _tokens.GetAsync(Stop);
        _clock.Advance(TimeSpan.FromMinutes(10));

        _tokens.Reject();

        Assert.Equal("ya29.token-2", (await _tokens.GetAsync(Stop)).Value);
    }

    [Fact]
    public async Task A_fresh_token_is_not_replaced_for_the_refusals_of_the_one_before()
    {
        await _tokens.GetAsync(Stop);
        for (var refusal = 0; refusal < 100; refusal++)
        {
            _tokens.Reject();
            Assert.Equal("ya29.token-1", (await _tokens.GetAsync(Stop)).Value);
        }

        Assert.Equal(1, _endpoint.Asked);
    }

    [Theory]
    [InlineData(null, "it has no api_key, which is the JSON of a service account's key file")]
    [InlineData("{}", "its api_key cannot be used: it has no client_email")]
    public async Task Without_a_usable_key_file_there_is_no_token_and_why_is_said(string? keyFile, string why)
    {
        using var tokens = Tokens(keyFile);

        Assert.Equal(new AccessToken(null, why), await tokens.GetAsync(Stop));
    }

    private AccessTokens Tokens(string? keyFile)
    {
        Secret? secret = keyFile is null ? null : new Secret(keyFile);
        var exchange = new TokenExchange(
            "vertex-eu", secret, _http, _options, _clock, NullLogger<TokenExchange>.Instance);
        return new AccessTokens(exchange, _options, _clock);
    }

    private static Task SoonAsync(Func<bool> condition, string because) =>
        Eventually.UntilAsync(condition, Patience, because, Stop);

    private static Task SoonAsync(Func<Task<bool>> condition, string because) =>
        Eventually.UntilAsync(condition, Patience, because, Stop);

    private static RequestDelegate Refuse(int status, string body) => http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(body);
    };
}
