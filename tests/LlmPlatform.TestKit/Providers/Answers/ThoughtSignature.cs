using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.TestKit.Providers.Answers;

/// <summary>
/// The seal that a provider sets on its thoughts, and wants back unbroken with them on the next turn.
/// </summary>
internal static class ThoughtSignature
{
    public static string Of(string subject) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("sealed by the fake provider: " + subject)));

    public static bool IsOf(string? signature, string subject) => signature == Of(subject);
}
