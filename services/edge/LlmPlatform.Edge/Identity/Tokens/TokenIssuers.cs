using System.Collections.Frozen;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>The issuers that the configuration file declares, each with its signing keys; follows the file.</summary>
internal sealed class TokenIssuers : BackgroundService
{
    public const string HttpClientName = "token-issuers";

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly IPlatformConfigurationSource _configuration;
    private readonly IHttpClientFactory _clients;
    private readonly TokenOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<TokenIssuers> _logger;
    private readonly string _folder;
    private volatile FrozenDictionary<string, IssuerKeys> _issuers = FrozenDictionary<string, IssuerKeys>.Empty;

    public TokenIssuers(
        IPlatformConfigurationSource configuration,
        PlatformEnvironment environment,
        IHttpClientFactory clients,
        TokenOptions options,
        TimeProvider clock,
        ILogger<TokenIssuers> logger)
    {
        _configuration = configuration;
        _clients = clients;
        _options = options;
        _clock = clock;
        _logger = logger;
        _folder = Path.Combine(environment.DataDirectory, "snapshots");
        Follow(configuration.Current);
    }

    /// <summary>Whether any token can be accepted at all.</summary>
    public bool AreAny => _issuers.Count > 0;

    public IssuerKeys? Find(string issuer) => _issuers.GetValueOrDefault(issuer);

    /// <summary>Whether a token that was found good by an issuer's keys is good by those in force.</summary>
    public bool Stand(IssuerKeys issuer, SigningKeySet keys) =>
        ReferenceEquals(Find(issuer.Issuer.Issuer), issuer) && ReferenceEquals(issuer.Current, keys);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var follow = _configuration.OnChange((configuration, _) =>
        {
            Follow(configuration);
            return Task.CompletedTask;
        });
        Follow(_configuration.Current);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_issuers.Values.Select(issuer => issuer.RefreshAsync(
                issuer.Current is null ? _options.MinRefreshInterval : _options.RefreshInterval, stoppingToken)))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(LookInterval, _clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // An issuer whose entry says the same keeps the keys it has.
    private void Follow(PlatformConfiguration configuration)
    {
        var known = _issuers;
        _issuers = configuration.Auth.Jwt.ToFrozenDictionary(
            issuer => issuer.Issuer,
            issuer => known.TryGetValue(issuer.Issuer, out var same) && same.Issuer.SaysTheSameAs(issuer)
                ? same
                : new IssuerKeys(issuer, _folder, _clients, _options, _clock, _logger),
            StringComparer.Ordinal);
    }
}
