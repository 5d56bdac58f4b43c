using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>
/// <c>POST /model/…/invoke</c> of the models that embed: in the words of Amazon's Titan, or of Cohere.
/// </summary>
internal sealed class InvokeEmbedding : IProviderOperation
{
    private const int DimensionsByDefault = 8;

    private static readonly HashSet<string> _titan = ["inputText", "dimensions", "normalize", "embeddingTypes"];
    private static readonly HashSet<string> _cohere =
        ["texts", "input_type", "truncate", "embedding_types", "output_dimension"];

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        var isTitan = route.Model!.Contains("titan", StringComparison.Ordinal);
        ConverseFaults.OnlyKnown(body, isTitan ? _titan : _cohere, "");
        if (isTitan)
            ConverseFaults.Text(body, "inputText", "");
        else if (body.Items("texts").Count == 0 || body.Text("input_type") is null)
            throw ConverseFaults.Invalid("Malformed input request: #: required keys [texts, input_type] not found");
        return new ModelRequest { Model = route.Model! };
    }

    public Task AnswerAsync(ProviderCall call)
    {
        var body = call.Attempt.Body;
        call.Http.Response.Headers["x-amzn-bedrock-input-token-count"] =
            call.Usage.Prompt.ToString(CultureInfo.InvariantCulture);
        var answer = body.Text("inputText") is { } text
            ? new JsonObject
            {
                ["embedding"] = Vector.Json(text, Dimensions("dimensions")),
                ["inputTextTokenCount"] = call.Usage.Prompt,
            }
            : new JsonObject { ["id"] = call.Attempt.Id, ["embeddings"] = Several() };
        return call.SendWholeAsync(answer, call.Usage with { Completion = 0, Reasoning = 0 }, usageSent: true);

        JsonNode Several()
        {
            var vectors = new JsonArray(
            [
                .. body.Items("texts").Select(one => Vector.Json(one.GetString()!, Dimensions("output_dimension"))),
            ]);
            return body.Items("embedding_types").Count > 0 ? new JsonObject { ["float"] = vectors } : vectors;
        }

        int Dimensions(string name) => (int)(body.Number(name) ?? DimensionsByDefault);
    }
}
