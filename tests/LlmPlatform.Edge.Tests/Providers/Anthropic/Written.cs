using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Tests.Providers.Anthropic;

/// <summary>A request as the adapter writes it for a model.</summary>
internal static class Written
{
    public static readonly Secret Key = new("sk-ant-the-key-of-the-tests");

    public static AnthropicAdapter Adapter(string address = "https://api.anthropic.com", bool hasKey = true) =>
        new(
            new RoutedProvider
            {
                Name = "anthropic",
                Kind = "anthropic",
                BaseUrl = new Uri(address),
                Timeout = TimeSpan.FromMinutes(1),
                FirstByteTimeout = TimeSpan.FromMinutes(1),
                IdleTimeout = TimeSpan.FromMinutes(1),
                Up = true,
            },
            hasKey ? Key : null);

    public static UpstreamTarget Target(
        AnthropicAdapter adapter, string model = "claude-sonnet-4-5", int? limit = null, long? bound = null,
        Wire wire = Wire.Messages) =>
        new(
            adapter,
            new RouteCandidate(
                new RoutedModel { Name = "m", Deployments = [], Strategy = "weighted", MaxOutputTokens = limit },
                adapter.Provider,
                new RoutedDeployment { Provider = "anthropic", Model = model, Priority = 1, Weight = 1 }),
            wire,
            Wire.Chat,
            Stream: false)
        {
            OutputBound = bound,
        };

    public static JsonObject For(
        string model, GenerationRequest request, int? limit = null, long? bound = null)
    {
        var adapter = Adapter();
        var output = new ArrayBufferWriter<byte>();
        adapter.WriteGeneration(request, Target(adapter, model, limit, bound), output);
        return JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan))!.AsObject();
    }

    public static void Is(string expected, JsonNode? actual) =>
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), actual),
            $"expected {JsonNode.Parse(expected)?.ToJsonString()}\nbut was  {actual?.ToJsonString()}");

    public static GenerationRequest Ask(params ContentPart[] parts) =>
        new() { Turns = [new Turn(TurnRole.User, parts)] };

    public static GenerationRequest Hi { get; } = Ask(new ContentPart.Text("hi"));

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static ToolDefinition Tool(string name = "f") =>
        new(name) { Parameters = Json("""{"type":"object","properties":{"x":{"type":"integer"}}}""") };
}
