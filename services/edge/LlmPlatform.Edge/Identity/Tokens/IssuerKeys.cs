using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>
/// The signing keys of one issuer: fetched from time to time, and when a token names one that is not among them. The
/// last good set stays in force while the issuer is away, and is kept on disk for the next start.
/// </summary>
internal sealed partial class IssuerKeys
{
    private readonly IHttpClientFactory _clients;
    private readonly TokenOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _file;
    private readonly Lock _gate = new();
    private Task _fetch = Task.CompletedTask;
    private volatile SigningKeySet? _current;
    private byte[] _currentHash = [];
    private long? _triedAt;
    private bool _away;

    /// <param name="issuer">As the file declares it.</param>
    /// <param name="folder">Where the last good set is kept.</param>
    /// <param name="clients">Makes HTTP clients.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Told when the issuer goes away and comes back.</param>
    public IssuerKeys(
        JwtIssuerConfiguration issuer,
        string folder,
        IHttpClientFactory clients,
        TokenOptions options,
        TimeProvider clock,
        ILogger logger)
    {
        Issuer = issuer;
        _clients = clients;
        _options = options;
        _clock = clock;
        _logger = logger;
        _file = Path.Combine(folder, $"jwks-{TokenDigest.Of($"{issuer.Issuer}\n{issuer.JwksUrl}").Name}.json");
        ReadDisk();
    }

    public JwtIssuerConfiguration Issuer { get; }

    /// <summary>The set in force; null when none was ever had.</summary>
    public SigningKeySet? Current => _current;

    /// <summary>
    /// The set to judge a token by: fetched first when the token names a key that is not known, and a fetch is due.
    /// </summary>
    public async ValueTask<SigningKeySet?> ForAsync(string? id, string algorithm, CancellationToken cancellationToken)
    {
        if (_current?.Find(id, algorithm) is null)
        {
            await RefreshAsync(_options.MinRefreshInterval, cancellationToken);
        }

        return _current;
    }

    /// <summary>
    /// Fetches the keys, unless that was tried a moment ago; whoever asks meanwhile waits for the same.
    /// </summary>
    /// <param name="notWithin">How long ago it must have been.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    public Task RefreshAsync(TimeSpan notWithin, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_fetch.IsCompleted && (_triedAt is not { } at || _clock.GetElapsedTime(at) >= notWithin))
            {
                _triedAt = _clock.GetTimestamp();
                _fetch = FetchAsync();
            }

            return _fetch.WaitAsync(cancellationToken);
        }
    }

    // A caller who leaves does not take the others' keys along: a fetch that began goes on to its own deadline.
    private async Task FetchAsync()
    {
        using var deadline = new CancellationTokenSource(_options.FetchTimeout, _clock);
        try
        {
            using var http = _clients.CreateClient(TokenIssuers.HttpClientName);
            var json = await http.GetByteArrayAsync(Issuer.JwksUrl, deadline.Token);
            Use(json);
            WriteDisk(json);
            if (_away)
            {
                _away = false;
                Back(Issuer.Issuer);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException
            or NotSupportedException)
        {
            if (!_away)
            {
                _away = true;
                Away(Issuer.Issuer, fault is HttpRequestException { StatusCode: { } status }
                    ? $"HTTP {(int)status}"
                    : fault.GetType().Name);
            }
        }
    }

    // The same set again is the same object: tokens that were found good by it stay so.
    private void Use(byte[] json)
    {
        var hash = SHA256.HashData(json);
        if (_current is not null && hash.AsSpan().SequenceEqual(_currentHash))
        {
            return;
        }

        var set = SigningKeySet.Read(json, _options.MaxKeys);
        _currentHash = hash;
        _current = set;
        Took(Issuer.Issuer, set.Count);
    }

    private void ReadDisk()
    {
        try
        {
            if (File.Exists(_file))
            {
                Use(File.ReadAllBytes(_file));
            }
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            DiskUnusable(Issuer.Issuer, fault.GetType().Name);
        }
    }

    private void WriteDisk(byte[] json)
    {
        try
        {
            // A shared secret is not for the disk.
            if (_current is { HoldsSecrets: false })
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
                File.WriteAllBytes(_file + ".new", json);
                File.Move(_file + ".new", _file, overwrite: true);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            DiskUnusable(Issuer.Issuer, fault.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Information, "The issuer {Issuer} signs with {Count} keys")]
    private partial void Took(string issuer, int count);

    [LoggerMessage(LogLevel.Warning,
        "The signing keys of the issuer {Issuer} cannot be fetched ({Fault}); those at hand stay in force")]
    private partial void Away(string issuer, string fault);

    [LoggerMessage(LogLevel.Information, "The signing keys of the issuer {Issuer} can be fetched again")]
    private partial void Back(string issuer);

    [LoggerMessage(LogLevel.Warning,
        "The signing keys of the issuer {Issuer} cannot be kept on or read from disk ({Fault})")]
    private partial void DiskUnusable(string issuer, string fault);
}
