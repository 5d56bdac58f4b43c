using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>What the adapter writes for a request, as JSON.</summary>
internal static class Written
{
    public const string Model = "gemini-2.5-flash";

    public const string NewestModel = "gemini-3-pro-preview";

    public static RoutedProvider Provider(string kind, Uri address) => new()
    {
        Name = kind,
        Kind = kind,
        BaseUrl = address,
        Project = "a-project",
        Location = "europe-west4",
        Timeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        IdleTimeout = TimeSpan.FromMinutes(1),
        Up = true,
    };

    public static UpstreamTarget Target(
        ProviderAdapter adapter, string model = Model, Wire asked = Wire.Chat, bool stream = false)
    {
        var deployment = new RoutedDeployment
        {
            Provider = adapter.Provider.Name,
            Model = model,
            Priority = 1,
            Weight = 1,
        };
        var routed = new RoutedModel
        {
            Name = "published",
            Deployments = [deployment],
            Fallbacks = [],
            Strategy = "weighted",
        };
        var candidate = new RouteCandidate(routed, adapter.Provider, deployment);
        return new UpstreamTarget(adapter, candidate, adapter.WireFor(asked)!.Value, asked, stream);
    }

    public static GeminiAdapter Adapter(Uri? address = null, string? key = "the-key") =>
        new(
            Provider("gemini", address ?? new Uri("https://generativelanguage.googleapis.com")),
            key is null ? null : new Secret(key));

    /// <summary>The whole request.</summary>
    public static JsonObject Of(GenerationRequest request, string model = Model, long? outputBound = null)
    {
        var adapter = Adapter();
        var output = new ArrayBufferWriter<byte>();
        adapter.WriteGeneration(request, Target(adapter, model) with { OutputBound = outputBound }, output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    /// <summary>The conversation of a request of these turns.</summary>
    public static JsonNode Contents(string model, params Turn[] turns) =>
        Of(new GenerationRequest { Turns = turns }, model)["contents"]!;

    /// <summary>How the answer is to be made.</summary>
    public static JsonNode Config(GenerationRequest request, string model = Model, long? outputBound = null) =>
        Of(request, model, outputBound)["generationConfig"]!;

    public static GenerationRequest Saying(string text) => new() { Turns = [User(text)] };

    public static Turn User(string text) => User(new ContentPart.Text(text));

    public static Turn User(params ContentPart[] parts) => new(TurnRole.User, parts);

    public static Turn Assistant(params ContentPart[] parts) => new(TurnRole.Assistant, parts);

    public static Turn Tool(params ContentPart[] parts) => new(TurnRole.Tool, parts);

    public static ContentPart.ToolCall Call(string id, string name, string arguments = "{}") =>
        new(id, name, arguments);

    public static ContentPart.ToolResult Result(string id, params ContentPart[] content) => new(id, content);

    public static ContentPart.ToolResult Result(string id, string text) => new(id, [new ContentPart.Text(text)]);

    public static ThoughtSignature Signed(string value) => new(SignatureOrigins.Gemini, value);

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static void Same(string expected, JsonNode? actual) =>
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), actual),
            $"Expected {JsonNode.Parse(expected)!.ToJsonString()}\nbut was  {actual?.ToJsonString()}");
}
