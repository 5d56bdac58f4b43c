using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary><c>/v1/responses/{id}</c>: a response that is kept, read again or forgotten. Free.</summary>
/// <param name="responses">Those that are kept.</param>
/// <param name="forgets">The request deletes it.</param>
internal sealed class KeptResponse(Responses responses, bool forgets) : IProviderOperation
{
    public bool TakesBody => false;

    public ModelRequest Read(JsonElement body, ProviderRoute route) => new() { Model = "" };

    public Task AnswerAsync(ProviderCall call)
    {
        var id = call.Attempt.Target.Split('?')[0].Split('/')[^1];
        var kept = responses.Find(id, call.Attempt.Authorization ?? "")
            ?? throw new ProviderRefusal(404, $"Response with id '{id}' not found.") { Code = "response_not_found" };
        var answer = kept;
        if (forgets)
        {
            responses.Forget(id);
            answer = new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true };
        }

        return call.SendWholeAsync(answer, new ProviderUsage(0, 0), usageSent: false);
    }
}
