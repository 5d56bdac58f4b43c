using System.Buffers.Binary;
using System.Text.Json.Nodes;
using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal sealed class Embeddings : IProviderOperation
{
    private const int DimensionsByDefault = 8;

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        var model = OpenAiFaults.Text(body, "model", "");
        var input = body.Member("input") ?? throw OpenAiFaults.Missing("input");
        if (input.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            throw OpenAiFaults.WrongType("input", "one of a string or array", input);
        if (InputsOf(input) is [] or [""])
            throw OpenAiFaults.Invalid("Invalid 'input': input cannot be an empty string or array.", "input");
        if (body.Text("encoding_format") is { } format and not ("float" or "base64"))
            throw OpenAiFaults.NotOneOf(format, "encoding_format", "float", "base64");
        OpenAiFaults.Range(body, "dimensions", 1, 3072);
        return new ModelRequest { Model = model };
    }

    public Task AnswerAsync(ProviderCall call)
    {
        var body = call.Attempt.Body;
        var dimensions = (int)(body.Number("dimensions") ?? DimensionsByDefault);
        var base64 = body.Text("encoding_format") == "base64";
        var data = InputsOf(body.GetProperty("input")).Select((text, index) => (JsonNode)new JsonObject
        {
            ["object"] = "embedding",
            ["index"] = index,
            ["embedding"] = base64 ? Base64(Vector.Of(text, dimensions)) : Vector.Json(text, dimensions),
        });
        var used = call.Usage with { Completion = 0, Reasoning = 0 };
        var answer = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. data]),
            ["model"] = call.Attempt.Model,
        };
        if (!call.Script.OmitUsage)
            answer["usage"] = new JsonObject { ["prompt_tokens"] = used.Prompt, ["total_tokens"] = used.Prompt };
        return call.SendWholeAsync(answer, used, !call.Script.OmitUsage);
    }

    // A text, several, one list of token numbers, or several lists.
    private static IReadOnlyList<string> InputsOf(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String)
            return [input.GetString()!];
        var items = input.EnumerateArray().ToList();
        return items.Count > 0 && items[0].ValueKind == JsonValueKind.Number
            ? [input.GetRawText()]
            : [.. items.Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())];
    }

    private static string Base64(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var at = 0; at < vector.Length; at++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at * sizeof(float)), vector[at]);
        return Convert.ToBase64String(bytes);
    }
}
