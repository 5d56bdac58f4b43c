using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>Requests in few words, and what becomes of them in the words of Converse.</summary>
internal static class ConverseRequests
{
    public const string Nova = "eu.amazon.nova-pro-v1:0";
    public const string OldClaude = "anthropic.claude-3-7-sonnet-20250219-v1:0";
    public const string NewClaude = "global.anthropic.claude-opus-4-7";
    public const string Llama = "meta.llama3-3-70b-instruct-v1:0";
    public const string Gpt = "openai.gpt-oss-120b-1:0";

    public static GenerationRequest Hello { get; } = new() { Turns = [User(new ContentPart.Text("Hello"))] };

    public static ToolDefinition Look { get; } = new("look")
    {
        Description = "Looks.",
        Parameters = Json("""{"type":"object","properties":{"at":{"type":"string"}},"required":["at"]}"""),
    };

    public static IReadOnlyList<Turn> AfterACall { get; } =
    [
        User(new ContentPart.Text("Look!")),
        new Turn(TurnRole.Assistant, [new ContentPart.ToolCall("call_1", "look", """{"at":"it"}""")]),
        new Turn(TurnRole.Tool, [new ContentPart.ToolResult("call_1", [new ContentPart.Text("seen")])]),
    ];

    public static OutputFormat Sum() => new(Json("""{"type":"object","properties":{"sum":{"type":"number"}}}"""))
    {
        Name = "sum",
        Description = "A sum.",
    };

    public static GenerationRequest Said(ContentPart part) => Hello with { Turns = [User(part)] };

    public static Turn User(params ContentPart[] parts) => new(TurnRole.User, parts);

    public static ContentPart.Thinking Thought(string text, string origin, string signature) =>
        new(text) { Signature = new ThoughtSignature(origin, signature) };

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static void Check(GenerationRequest request, string expected, string model = BedrockTargets.Claude)
    {
        var written = Write(request, model);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), written), written.ToJsonString());
    }

    public static JsonObject Write(GenerationRequest request, string model = BedrockTargets.Claude)
    {
        var adapter = BedrockTargets.Adapter();
        var output = new ArrayBufferWriter<byte>();
        adapter.WriteGeneration(request, BedrockTargets.Target(adapter, model), output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    public static string? RefusedParam(GenerationRequest request, string model = BedrockTargets.Claude)
    {
        var refusal = Assert.Throws<TranslationException>(() => Write(request, model));
        Assert.NotEmpty(refusal.Message);
        return refusal.Param;
    }

    /// <summary>What a model's maker is told beside what all of them are told, as text.</summary>
    public static string ModelFields(GenerationRequest request, string model = BedrockTargets.Claude) =>
        Write(request, model)["additionalModelRequestFields"]?.ToJsonString() ?? "null";
}
