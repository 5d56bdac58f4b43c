using System.Buffers;
using System.Text.Json;
using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>
/// Exchanges a service account's assertion for an access token (RFC 7523, section 2.1). Faults are values and end in
/// the log, once each; neither the assertion nor the token ever does.
/// </summary>
internal sealed partial class TokenExchange : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;
    private const long MaxLifetimeSeconds = 24 * 60 * 60;

    // What OAuth's error codes are made of; anything else a server sends is not repeated.
    private static readonly SearchValues<char> CodeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_");

    private readonly string _provider;
    private readonly HttpMessageInvoker _http;
    private readonly VertexOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<TokenExchange> _logger;
    private readonly ServiceAccount? _account;
    private readonly string _accountFault;

    public TokenExchange(
        string provider,
        Secret? keyFile,
        HttpMessageInvoker http,
        VertexOptions options,
        TimeProvider clock,
        ILogger<TokenExchange> logger)
    {
        _provider = provider;
        _http = http;
        _options = options;
        _clock = clock;
        _logger = logger;
        _accountFault = keyFile is null ? "it has no api_key, which is the JSON of a service account's key file"
            : ServiceAccount.TryRead(keyFile.Value.Reveal(), out _account, out var fault) ? ""
            : $"its api_key cannot be used: {fault}";
    }

    /// <summary>Asks for a token; its lifetime counts from <paramref name="now"/>.</summary>
    public async Task<(AccessToken Token, TimeSpan Lifetime)> RunAsync(DateTimeOffset now)
    {
        var (answer, lifetime) = await AskAsync(now);
        if (answer.Fault is not null)
        {
            NoToken(_provider, answer.Fault);
        }

        return (answer, lifetime);
    }

    /// <inheritdoc />
    public void Dispose() => _account?.Dispose();

    private async Task<(AccessToken Token, TimeSpan Lifetime)> AskAsync(DateTimeOffset now)
    {
        if (_account is not { } account)
        {
            return Fault(_accountFault);
        }

        using var deadline = new CancellationTokenSource(_options.TokenTimeout, _clock);
        using var request = new HttpRequestMessage(HttpMethod.Post, account.TokenAddress)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                new("assertion", account.Assertion(now)),
            ]),
        };
        try
        {
            using var response = await _http.SendAsync(request, deadline.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, deadline.Token);
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return response.IsSuccessStatusCode ? Read(body) : Refused((int)response.StatusCode, body);
        }
        catch (OperationCanceledException)
        {
            return Fault($"the token endpoint did not answer within {_options.TokenTimeout.TotalSeconds:0.###} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return Fault("the token endpoint cannot be reached, or broke off");
        }
    }

    private static (AccessToken Token, TimeSpan Lifetime) Read(byte[] body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            if (answer.RootElement.TryGetProperty("access_token"u8, out var token)
                && token.GetString() is { Length: > 0 } value
                && !value.AsSpan().ContainsAnyExceptInRange('!', '~')
                && answer.RootElement.TryGetProperty("expires_in"u8, out var expires)
                && expires.TryGetInt64(out var seconds) && seconds is > 0 and <= MaxLifetimeSeconds)
            {
                return (new AccessToken(value, null), TimeSpan.FromSeconds(seconds));
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // An answer that is none of a token endpoint.
        }

        return Fault("the token endpoint answered without a usable access_token and expires_in");
    }

    private static (AccessToken Token, TimeSpan Lifetime) Refused(int status, byte[] body)
    {
        var code = "no error code";
        try
        {
            using var answer = JsonDocument.Parse(body);
            if (answer.RootElement.TryGetProperty("error"u8, out var error)
                && error.GetString() is { Length: > 0 and <= 64 } said
                && !said.AsSpan().ContainsAnyExcept(CodeCharacters))
            {
                code = said;
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The status must do.
        }

        return Fault($"the token endpoint refused the service account: {status}, {code}");
    }

    private static (AccessToken Token, TimeSpan Lifetime) Fault(string fault) =>
        (new AccessToken(null, fault), TimeSpan.Zero);

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} has no access token for Vertex AI: {Fault}")]
    private partial void NoToken(string provider, string fault);
}
