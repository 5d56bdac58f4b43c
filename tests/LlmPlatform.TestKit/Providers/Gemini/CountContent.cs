using System.Text.Json.Nodes;
using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary><c>models/…:countTokens</c>: of contents, or of a whole request. Free.</summary>
internal sealed class CountContent : IProviderOperation
{
    private static readonly HashSet<string> _known = ["contents", "generateContentRequest"];

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        GeminiFaults.OnlyKnown(body, _known, "");
        if (body.Member("generateContentRequest") is not { } whole)
            return GenerateContent.RequestOf(body, route);
        if (whole.Text("model") != $"models/{route.Model}")
            throw GeminiFaults.AtField("model", "must be that of the address.");
        GenerationMembers.Check(whole);
        return GenerateContent.RequestOf(whole, route);
    }

    public Task AnswerAsync(ProviderCall call) => call.SendWholeAsync(
        new JsonObject { ["totalTokens"] = call.Usage.Prompt }, new ProviderUsage(0, 0), usageSent: false);
}
