using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary><c>models/…:generateContent</c> and <c>:streamGenerateContent</c>.</summary>
internal sealed class GenerateContent : IProviderOperation
{
    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        GenerationMembers.Check(body);
        return RequestOf(body, route);
    }

    public Task AnswerAsync(ProviderCall call)
    {
        var answer = new ContentAnswer(call);
        if (call.Answer.Ending == AnswerEnding.Refusal)
            return BlockAsync(call, answer);
        return call.Request.Streamed
            ? call.StreamAsync(new ContentStream(call, answer))
            : call.SendWholeAsync(answer.Whole(), call.Usage, !call.Script.OmitUsage);
    }

    public static ModelRequest RequestOf(JsonElement body, ProviderRoute route)
    {
        var tools = GeminiTools.Read(body);
        var calling = body.Member("toolConfig", "functionCallingConfig");
        var allowed = calling?.Items("allowedFunctionNames").Select(name => name.GetString()).ToHashSet();
        var config = body.Member("generationConfig");
        return new ModelRequest
        {
            Model = route.Model!,
            Streamed = route.Streamed,
            Tools = allowed is { Count: > 0 } ? [.. tools.Where(tool => allowed.Contains(tool.Name))] : tools,
            MustCall = calling?.Text("mode") == "ANY",
            MustNotCall = calling?.Text("mode") == "NONE",
            HoldsResults = Turns.Check(body, route.Model!),
            Schema = config?.Member("responseSchema") ?? config?.Member("responseJsonSchema"),
            Json = config?.Text("responseMimeType") == "application/json",
            ShowThoughts = config?.Member("thinkingConfig")?.IsTrue("includeThoughts") ?? false,
        };
    }

    // A blocked prompt is answered by no candidate, and is paid for.
    private static Task BlockAsync(ProviderCall call, ContentAnswer answer)
    {
        var body = answer.Blocked().ToJsonString();
        return call.SendWholeAsync(
            call.Request.Streamed ? $"data: {body}\r\n\r\n" : body,
            call.Request.Streamed ? ServerSentEvents.ContentType : "application/json",
            call.Usage with { Completion = 0, Reasoning = 0 },
            !call.Script.OmitUsage);
    }
}
