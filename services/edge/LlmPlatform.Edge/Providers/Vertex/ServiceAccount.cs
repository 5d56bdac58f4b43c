using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>
/// A Google service account, from the key file that is a Vertex provider's <c>api_key</c>. Signs what it claims with
/// RS256 (RFC 7523). Nothing it says or throws holds any of the file.
/// </summary>
internal sealed class ServiceAccount : IDisposable
{
    /// <summary>What a token may be used for: all of Google Cloud that the account's roles allow.</summary>
    public const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>For how long an assertion may be exchanged; Google takes no longer ones.</summary>
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromHours(1);

    private readonly string _email;
    private readonly string? _keyId;
    private readonly RSA _key;

    private ServiceAccount(string email, string? keyId, Uri tokenAddress, RSA key)
    {
        _email = email;
        _keyId = keyId;
        TokenAddress = tokenAddress;
        _key = key;
    }

    /// <summary>Where assertions are exchanged for access tokens.</summary>
    public Uri TokenAddress { get; }

    /// <summary>Reads a key file.</summary>
    /// <param name="keyFile">The JSON that Google Cloud gives out for a service account's key.</param>
    /// <param name="account">The account, when it could be read.</param>
    /// <param name="fault">What is wrong with the file, in a sentence that holds nothing of it.</param>
    public static bool TryRead(
        string keyFile, [NotNullWhen(true)] out ServiceAccount? account, [NotNullWhen(false)] out string? fault)
    {
        account = null;
        var fields = new Fields();
        fault = fields.Read(keyFile);
        if (fault is not null)
        {
            return false;
        }

        if (!Uri.TryCreate(fields.TokenAddress, UriKind.Absolute, out var address) || !IsSafe(address))
        {
            fault = "its token_uri is not an https address";
            return false;
        }

        var key = RSA.Create();
        try
        {
            key.ImportFromPem(fields.PrivateKey);

            // A public key imports as well; only signing tells.
            key.SignData([], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            key.Dispose();
            fault = "its private_key is not an RSA private key in PEM";
            return false;
        }

        account = new ServiceAccount(fields.Email!, fields.KeyId, address, key);
        return true;
    }

    /// <summary>A signed statement of who asks, that the token endpoint exchanges for an access token.</summary>
    public string Assertion(DateTimeOffset now)
    {
        var head = Json(writer =>
        {
            writer.WriteString("alg"u8, "RS256"u8);
            writer.WriteString("typ"u8, "JWT"u8);
            if (_keyId is not null)
            {
                writer.WriteString("kid"u8, _keyId);
            }
        });
        var claims = Json(writer =>
        {
            writer.WriteString("iss"u8, _email);
            writer.WriteString("scope"u8, Scope);
            writer.WriteString("aud"u8, TokenAddress.AbsoluteUri);
            writer.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
            writer.WriteNumber("exp"u8, (now + AssertionLifetime).ToUnixTimeSeconds());
        });
        var signed = $"{Base64Url.EncodeToString(head)}.{Base64Url.EncodeToString(claims)}";
        var signature = _key.SignData(
            Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => _key.Dispose();

    // An assertion is as good as a password for an hour: it goes over TLS, or does not leave the machine.
    private static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private sealed class Fields
    {
        public string? Email { get; private set; }

        public string? KeyId { get; private set; }

        public string? TokenAddress { get; private set; }

        public string? PrivateKey { get; private set; }

        public string? Read(string keyFile)
        {
            try
            {
                using var file = JsonDocument.Parse(keyFile);
                if (file.RootElement.ValueKind != JsonValueKind.Object)
                {
                    return "it is not the JSON object of a service account's key file";
                }

                if (Text(file, "type") is { } type && type != "service_account")
                {
                    return "it is a credential of another type than service_account";
                }

                Email = Text(file, "client_email");
                KeyId = Text(file, "private_key_id");
                TokenAddress = Text(file, "token_uri");
                PrivateKey = Text(file, "private_key");
            }
            catch (Exception broken) when (broken is JsonException or InvalidOperationException)
            {
                return "it is not the JSON object of a service account's key file";
            }

            return Email is null ? "it has no client_email"
                : PrivateKey is null ? "it has no private_key"
                : TokenAddress is null ? "it has no token_uri"
                : null;
        }

        private static string? Text(JsonDocument file, string name) =>
            file.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                && value.GetString() is { Length: > 0 } text ? text : null;
    }
}
