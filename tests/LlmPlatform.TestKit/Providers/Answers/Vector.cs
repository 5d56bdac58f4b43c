using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmPlatform.TestKit.Providers.Answers;

/// <summary>An embedding that depends on the text alone, of numbers that are exact in single precision.</summary>
internal static class Vector
{
    public static float[] Of(string text, int dimensions)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return [.. Enumerable.Range(0, dimensions).Select(at => (hash[at % hash.Length] - 128) / 256f)];
    }

    public static JsonArray Json(string text, int dimensions) =>
        new([.. Of(text, dimensions).Select(number => (JsonNode)number)]);
}
