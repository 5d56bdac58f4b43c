using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.TestKit.Issuers;

/// <summary>
/// An identity provider that signs what it is told to, also what an honest one would not, and publishes its keys on a
/// real Kestrel.
/// </summary>
public sealed class FakeIssuer : IAsyncDisposable
{
    /// <summary>What its tokens say they are from.</summary>
    public const string Name = "https://issuer.test/";

    /// <summary>What its tokens say they are for.</summary>
    public const string Audience = "llm";

    private readonly WebApplication _app;
    private readonly Dictionary<string, Func<byte[], byte[]>> _signers = [];
    private readonly List<JsonObject> _published = [];
    private int _fetches;

    private FakeIssuer(WebApplication app) => _app = app;

    /// <summary>Where its keys are published.</summary>
    public Uri KeysUrl => new(new Uri(_app.Urls.Single()), "/keys");

    /// <summary>How often they were asked for.</summary>
    public int Fetches => _fetches;

    /// <summary>Whether it answers 503.</summary>
    public bool IsAway { get; set; }

    /// <summary>Gives out something else instead of keys.</summary>
    public string? Garbage { get; set; }

    /// <summary>Starts it on a free port, without a key.</summary>
    public static async Task<FakeIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new FakeIssuer(app);
        app.MapGet("/keys", issuer.Answer);
        await app.StartAsync();
        return issuer;
    }

    /// <summary>Makes a key and publishes it.</summary>
    public void AddKey(string id, string algorithm, bool saysAlgorithm = true)
    {
        var hash = new HashAlgorithmName("SHA" + algorithm[2..]);
        JsonObject key;
        if (algorithm[0] is 'R' or 'P')
        {
            var rsa = RSA.Create(2048);
            var padding = algorithm[0] == 'R' ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss;
            var parameters = rsa.ExportParameters(false);
            _signers[id] = bytes => rsa.SignData(bytes, hash, padding);
            key = new JsonObject
            {
                ["kty"] = "RSA", ["n"] = Text(parameters.Modulus), ["e"] = Text(parameters.Exponent),
            };
        }
        else if (algorithm[0] == 'E')
        {
            var (name, curve) = algorithm switch
            {
                "ES256" => ("P-256", ECCurve.NamedCurves.nistP256),
                "ES384" => ("P-384", ECCurve.NamedCurves.nistP384),
                _ => ("P-521", ECCurve.NamedCurves.nistP521),
            };
            var ec = ECDsa.Create(curve);
            var point = ec.ExportParameters(false).Q;
            _signers[id] = bytes => ec.SignData(bytes, hash);
            key = new JsonObject { ["kty"] = "EC", ["crv"] = name, ["x"] = Text(point.X), ["y"] = Text(point.Y) };
        }
        else
        {
            var secret = RandomNumberGenerator.GetBytes(64);
            _signers[id] = bytes => CryptographicOperations.HmacData(hash, secret, bytes);
            key = new JsonObject { ["kty"] = "oct", ["k"] = Text(secret) };
        }

        key["kid"] = id;
        if (saysAlgorithm)
        {
            key["alg"] = algorithm;
        }

        lock (_published)
        {
            _published.Add(key);
        }
    }

    /// <summary>Publishes a key no longer; what it signed is good no longer.</summary>
    public void DropKey(string id)
    {
        lock (_published)
        {
            _published.RemoveAll(key => (string?)key["kid"] == id);
        }
    }

    /// <summary>What everybody can see of a key, as a text: what a forger takes for a shared secret.</summary>
    public string PublicPartOf(string id)
    {
        lock (_published)
        {
            return (string)_published.Single(key => (string?)key["kid"] == id)["n"]!;
        }
    }

    /// <summary>Signs a token.</summary>
    /// <param name="id">The key; null: the header names none.</param>
    /// <param name="algorithm">What the header says.</param>
    /// <param name="change">Changes the claims of a good token.</param>
    /// <param name="signWith">The key that really signs; null: <paramref name="id"/>.</param>
    public string Sign(string? id, string algorithm, Action<JsonObject>? change = null, string? signWith = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Name,
            ["aud"] = Audience,
            ["sub"] = "ann",
            ["org"] = "open",
            ["scope"] = "profile llm.call",
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 600,
        };
        change?.Invoke(claims);
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (id is not null)
        {
            header["kid"] = id;
        }

        return SignText(header.ToJsonString(), claims.ToJsonString(), _signers[signWith ?? id!]);
    }

    /// <summary>Makes a token of any two texts.</summary>
    public static string SignText(string header, string claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Text(Encoding.UTF8.GetBytes(header))}.{Text(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Text(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Signs bytes with a key.</summary>
    public byte[] SignBytes(string id, byte[] bytes) => _signers[id](bytes);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);

    private IResult Answer()
    {
        Interlocked.Increment(ref _fetches);
        if (IsAway)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        lock (_published)
        {
            return Results.Text(
                Garbage ?? JsonSerializer.Serialize(new { keys = _published }), "application/json");
        }
    }
}
