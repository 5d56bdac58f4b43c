using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary><c>POST /model/…/converse</c> and <c>/converse-stream</c>.</summary>
internal sealed class Converse : IProviderOperation
{
    private static readonly HashSet<string> _known =
    [
        "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields",
        "additionalModelResponseFieldPaths", "performanceConfig", "promptVariables", "requestMetadata", "outputConfig",
        "serviceTier",
    ];

    private static readonly HashSet<string> _inference = ["maxTokens", "temperature", "topP", "stopSequences"];

    public ModelRequest Read(JsonElement body, ProviderRoute route)
    {
        ConverseFaults.OnlyKnown(body, _known, "");
        if (body.Member("inferenceConfig") is { } inference)
            CheckInference(inference);
        foreach (var block in body.Items("system"))
        {
            if (block.Member("cachePoint") is null)
                ConverseFaults.Text(block, "text", "system.0");
        }

        var choice = body.Member("toolConfig", "toolChoice");
        var thinking = body.Member("additionalModelRequestFields", "thinking");
        return new ModelRequest
        {
            Model = route.Model!,
            Streamed = route.Streamed,
            Tools = ConverseTools.Read(body),
            ForcedTool = choice?.Member("tool")?.Text("name"),
            MustCall = choice?.Member("any") is not null,
            HoldsResults = ConverseTurns.Check(body),
            Schema = SchemaOf(body),
            ShowThoughts = thinking?.Text("type") is "enabled" or "adaptive",
        };
    }

    public Task AnswerAsync(ProviderCall call)
    {
        var answer = new ConverseAnswer(call);
        return call.Request.Streamed
            ? call.StreamAsync(new ConverseStream(call, answer))
            : call.SendWholeAsync(answer.Whole(), call.Usage, !call.Script.OmitUsage);
    }

    private static void CheckInference(JsonElement inference)
    {
        ConverseFaults.OnlyKnown(inference, _inference, "inferenceConfig");
        Range("maxTokens", 1, int.MaxValue);
        Range("temperature", 0, 1);
        Range("topP", 0, 1);

        void Range(string name, decimal least, decimal most)
        {
            if (inference.Member(name) is not null
                && (inference.Number(name) is not { } number || number < least || number > most))
            {
                throw ConverseFaults.Invalid(
                    $"Value at 'inferenceConfig.{name}' failed to satisfy constraint: Member must be between {least}"
                    + $" and {most}");
            }
        }
    }

    // The schema is a text inside the request.
    private static JsonElement? SchemaOf(JsonElement body)
    {
        var format = body.Member("outputConfig")?.Member("textFormat", "structure")?.Member("jsonSchema");
        if (format?.Text("schema") is not { } text)
            return null;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            throw ConverseFaults.Invalid("The schema at outputConfig.textFormat is not valid JSON.");
        }
    }
}
