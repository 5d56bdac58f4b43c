using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>
/// The keys an issuer published (RFC 7517). Those that cannot be used here (to encrypt, of an unknown kind, too weak)
/// are left out. Immutable; replaced whole.
/// </summary>
internal sealed class SigningKeySet
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;
    private const int MaxExponentBytes = 8;
    private const int MinSecretBytes = 32;

    private readonly List<SigningKey> _keys;

    private SigningKeySet(List<SigningKey> keys, bool holdsSecrets)
    {
        _keys = keys;
        HoldsSecrets = holdsSecrets;
    }

    public int Count => _keys.Count;

    /// <summary>True when what was published is not for everybody's eyes.</summary>
    public bool HoldsSecrets { get; }

    /// <summary>Reads what the issuer published.</summary>
    /// <exception cref="JsonException">It is no key set.</exception>
    public static SigningKeySet Read(ReadOnlyMemory<byte> json, int maxKeys)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out var list)
            || list.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The answer has no list of keys.");
        }

        var keys = new List<SigningKey>();
        var holdsSecrets = false;
        foreach (var key in list.EnumerateArray().Where(key => key.ValueKind == JsonValueKind.Object))
        {
            holdsSecrets |= key.TryGetProperty("k", out _) || key.TryGetProperty("d", out _);
            if (keys.Count < maxKeys && IsToVerify(key) && KeyOf(key) is { } usable)
            {
                keys.Add(usable);
            }
        }

        return new SigningKeySet(keys, holdsSecrets);
    }

    /// <summary>
    /// The key of a token. One that names none is taken to be of the only key for its algorithm, where there is only
    /// one.
    /// </summary>
    public SigningKey? Find(string? id, string algorithm) => id is null
        ? _keys.Where(key => key.Algorithm == algorithm).Take(2).ToList() is [var only] ? only : null
        : _keys.Find(key => key.Id == id);

    private static bool IsToVerify(JsonElement key) =>
        Text(key, "use") is null or "sig"
        && (!key.TryGetProperty("key_ops", out var uses) || uses.ValueKind != JsonValueKind.Array
            || uses.EnumerateArray().Any(use => use.ValueEquals("verify")));

    private static SigningKey? KeyOf(JsonElement key)
    {
        try
        {
            return Text(key, "kty") switch
            {
                "RSA" => RsaOf(key),
                "EC" => EcOf(key),
                "oct" => SharedOf(key),
                _ => null,
            };
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static SigningKey? RsaOf(JsonElement key)
    {
        if (Text(key, "alg") is not (null or "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512")
            || Bytes(key, "n") is not { } modulus
            || Bytes(key, "e") is not { Length: <= MaxExponentBytes } exponent
            || modulus.Length * 8 is < MinRsaBits or > MaxRsaBits)
        {
            return null;
        }

        var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return SigningKey.Rsa(Text(key, "kid"), Text(key, "alg") ?? "RS256", rsa);
    }

    private static SigningKey? EcOf(JsonElement key)
    {
        (string Algorithm, ECCurve Curve)? kind = Text(key, "crv") switch
        {
            "P-256" => ("ES256", ECCurve.NamedCurves.nistP256),
            "P-384" => ("ES384", ECCurve.NamedCurves.nistP384),
            "P-521" => ("ES512", ECCurve.NamedCurves.nistP521),
            _ => null,
        };
        if (kind is not { } known || (Text(key, "alg") ?? known.Algorithm) != known.Algorithm)
        {
            return null;
        }

        var point = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") };
        var ec = ECDsa.Create(new ECParameters { Curve = known.Curve, Q = point });
        return SigningKey.Ec(Text(key, "kid"), known.Algorithm, ec);
    }

    private static SigningKey? SharedOf(JsonElement key) =>
        Text(key, "alg") is null or "HS256" or "HS384" or "HS512"
        && Bytes(key, "k") is { Length: >= MinSecretBytes } secret
            ? SigningKey.Shared(Text(key, "kid"), Text(key, "alg") ?? "HS256", secret)
            : null;

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement key, string name) =>
        Text(key, name) is { } text ? Base64Url.DecodeFromChars(text) : null;
}
