using System.Text.Json.Nodes;
using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary><c>models/…:batchEmbedContents</c>, which never says what it used.</summary>
internal sealed class EmbedContents : IProviderOperation
{
    private const int DimensionsByDefault = 8;

    private static readonly HashSet<string> _known = ["requests"];

    private static readonly HashSet<string> _request =
        ["model", "content", "taskType", "title", "outputDimensionality"];

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        GeminiFaults.OnlyKnown(body, _known, "");
        var requests = body.Items("requests");
        if (requests.Count == 0)
            throw GeminiFaults.Invalid("* BatchEmbedContentsRequest.requests: must not be empty");
        foreach (var request in requests)
        {
            GeminiFaults.OnlyKnown(request, _request, "requests[0]");
            if (request.Text("model") != $"models/{route.Model}")
                throw GeminiFaults.Invalid("* BatchEmbedContentsRequest.requests[0].model: not that of the address.");
            if (string.IsNullOrEmpty(TextOf(request)))
                throw GeminiFaults.Invalid("* EmbedContentRequest.content: content is empty");
        }

        return new ModelRequest { Model = route.Model! };
    }

    public Task AnswerAsync(ProviderCall call)
    {
        var embeddings = call.Attempt.Body.Items("requests").Select(request => (JsonNode)new JsonObject
        {
            ["values"] = Vector.Json(
                TextOf(request), (int)(request.Number("outputDimensionality") ?? DimensionsByDefault)),
        });
        return call.SendWholeAsync(
            new JsonObject { ["embeddings"] = new JsonArray([.. embeddings]) },
            call.Usage with { Completion = 0, Reasoning = 0 },
            usageSent: false);
    }

    private static string TextOf(JsonElement request) =>
        string.Concat(request.Member("content")?.Items("parts").Select(part => part.Text("text")) ?? []);
}
