using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Edge.Providers.Simulated;

/// <summary>
/// Simulated embeddings: texts that share words lie near each other, and a repeat gives the same vector. Each word is
/// thrown into one place of the vector by its hash (feature hashing); the vector has length 1.
/// </summary>
internal static class SimulatedEmbeddings
{
    private const int UsualDimensions = 256;
    private const int MaxDimensions = 4096;

    private static readonly char[] Separators = [.. " \t\r\n.,;:!?\"'()[]{}"];

    /// <summary>The answer to a request for embeddings; null when it is none.</summary>
    public static JsonObject? Answer(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject request && InputsOf(request["input"]) is { } inputs
                ? Answer(request, inputs)
                : null;
        }
        catch (Exception fault) when (fault is ArgumentException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonObject Answer(JsonObject request, List<string> inputs)
    {
        var dimensions = Math.Clamp(request["dimensions"]?.GetValue<int>() ?? UsualDimensions, 1, MaxDimensions);
        var asBase64 = request["encoding_format"]?.GetValue<string>() == "base64";
        var data = new JsonArray();
        var tokens = 0;
        foreach (var input in inputs)
        {
            var words = input.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
            tokens += Math.Max(1, words.Length);
            var vector = VectorOf(words, dimensions);
            data.Add(new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = data.Count,
                ["embedding"] = asBase64 ? Base64(vector) : new JsonArray([.. vector.Select(n => (JsonNode)n)]),
            });
        }

        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = data,
            ["model"] = request["model"]?.DeepClone(),
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
        };
    }

    private static List<string>? InputsOf(JsonNode? input) => input switch
    {
        JsonValue text => [text.GetValue<string>()],
        JsonArray texts => [.. texts.Select(text => text!.GetValue<string>())],
        _ => null,
    };

    private static float[] VectorOf(string[] words, int dimensions)
    {
        var vector = new float[dimensions];
        foreach (var word in words)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(word.ToLowerInvariant()));
            var place = (int)(BinaryPrimitives.ReadUInt32LittleEndian(hash) % (uint)dimensions);
            vector[place] += (hash[4] & 1) == 0 ? 1 : -1;
        }

        var length = MathF.Sqrt(vector.Sum(number => number * number));
        if (length == 0)
        {
            vector[0] = length = 1;
        }

        return [.. vector.Select(number => number / length)];
    }

    private static JsonValue Base64(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        }

        return JsonValue.Create(Convert.ToBase64String(bytes));
    }
}
