using System.Security.Cryptography;

namespace LlmPlatform.Edge.Identity;

/// <summary>Makes the secrets of keys: <c>sk-</c> and 43 characters that carry 256 random bits.</summary>
internal static class VirtualKeySecret
{
    private const int PrefixLength = 10;

    public static string Create() =>
        "sk-" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string CreateId() => "key_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>What may be shown of a secret. One too short to hide the rest shows nothing.</summary>
    public static string PrefixOf(string secret) => secret.Length >= PrefixLength * 2 ? secret[..PrefixLength] : "";
}
