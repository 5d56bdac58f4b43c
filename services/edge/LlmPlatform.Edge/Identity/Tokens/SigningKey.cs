using System.Security.Cryptography;

namespace LlmPlatform.Edge.Identity.Tokens;

/// <summary>
/// A key that an issuer signs with, and the one algorithm it is for. What a token says of its algorithm must agree with
/// the key: a public key is never taken for a shared secret, and <c>none</c> is nobody's.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private readonly HashAlgorithmName _hash;
    private readonly RSA? _rsa;
    private readonly RSASignaturePadding? _padding;
    private readonly ECDsa? _ec;
    private readonly byte[]? _secret;

    // The framework does not promise that one key may be used by two threads.
    private readonly Lock _turn = new();

    private SigningKey(
        string? id,
        string algorithm,
        RSA? rsa = null,
        RSASignaturePadding? padding = null,
        ECDsa? ec = null,
        byte[]? secret = null)
    {
        Id = id;
        Algorithm = algorithm;
        _hash = new HashAlgorithmName("SHA" + algorithm[2..]);
        _rsa = rsa;
        _padding = padding;
        _ec = ec;
        _secret = secret;
    }

    /// <summary><c>kid</c>; null when the issuer names none.</summary>
    public string? Id { get; }

    /// <summary>For example <c>RS256</c>.</summary>
    public string Algorithm { get; }

    public static SigningKey Rsa(string? id, string algorithm, RSA key) => new(
        id, algorithm, rsa: key,
        padding: algorithm.StartsWith("PS", StringComparison.Ordinal)
            ? RSASignaturePadding.Pss
            : RSASignaturePadding.Pkcs1);

    public static SigningKey Ec(string? id, string algorithm, ECDsa key) => new(id, algorithm, ec: key);

    public static SigningKey Shared(string? id, string algorithm, byte[] secret) => new(id, algorithm, secret: secret);

    /// <summary>Whether a signature over these bytes is this key's.</summary>
    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (_secret is not null)
        {
            return CryptographicOperations.FixedTimeEquals(
                CryptographicOperations.HmacData(_hash, _secret, signed), signature);
        }

        lock (_turn)
        {
            return _rsa is not null
                ? _rsa.VerifyData(signed, signature, _hash, _padding!)
                : _ec!.VerifyData(signed, signature, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }
}
