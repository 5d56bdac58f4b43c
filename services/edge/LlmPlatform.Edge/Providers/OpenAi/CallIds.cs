using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>The ids of tool calls as a server takes them.</summary>
internal static class CallIds
{
    private const int ShortLength = 9;
    private const string Signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>
    /// The id itself; or, where ids are nine letters and digits, one that is always the same for the same id, so that
    /// call and result find each other.
    /// </summary>
    public static string For(string id, ChatDialect dialect)
    {
        if (!dialect.HasShortCallIds || (id.Length == ShortLength && id.All(char.IsAsciiLetterOrDigit)))
        {
            return id;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return string.Create(ShortLength, hash, static (target, bytes) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = Signs[bytes[i] % Signs.Length];
            }
        });
    }
}
