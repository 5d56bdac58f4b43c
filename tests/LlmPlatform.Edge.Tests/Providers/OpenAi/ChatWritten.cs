using System.Buffers;
using System.Text.Json.Nodes;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Tests.Providers.OpenAi;

/// <summary>What an adapter of OpenAI's kind makes of a request.</summary>
internal static class ChatWritten
{
    /// <summary>A question of a user.</summary>
    public static GenerationRequest Question { get; } = Asking(new ContentPart.Text("x"));

    public static GenerationRequest Asking(params ContentPart[] parts) =>
        new() { Turns = [new Turn(TurnRole.User, parts)] };

    /// <summary>A provider as it is configured.</summary>
    public static RoutedProvider Provider(string kind, string address, string? vendor = null, string? version = null) =>
        new()
        {
            Name = "p",
            Kind = kind,
            Vendor = vendor,
            ApiVersion = version,
            BaseUrl = new Uri(address),
            Timeout = TimeSpan.FromMinutes(1),
            FirstByteTimeout = TimeSpan.FromMinutes(1),
            IdleTimeout = TimeSpan.FromMinutes(1),
            Up = true,
        };

    public static UpstreamTarget Target(ProviderAdapter adapter, Wire asked, string model = "gpt-4o") => new(
        adapter,
        new RouteCandidate(
            new RoutedModel { Name = "m", Deployments = [], Strategy = "weighted" },
            adapter.Provider,
            new RoutedDeployment { Provider = "p", Model = model, Priority = 1, Weight = 1 }),
        adapter.WireFor(asked) ?? Wire.Chat,
        asked,
        Stream: false);

    /// <summary>The body a dialect has for a request.</summary>
    public static JsonObject Body(GenerationRequest request, ChatDialect dialect, string model = "gpt-4o")
    {
        var adapter = new OpenAiAdapter(Provider("openai", "https://p/v1"), new Secret("sk-0123456789"), dialect);
        var output = new ArrayBufferWriter<byte>();
        adapter.WriteGeneration(request, Target(adapter, Wire.Messages, model), output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    /// <summary>One member of it as text; "" when it is not there.</summary>
    public static string Member(
        GenerationRequest request, ChatDialect dialect, string member, string model = "gpt-4o") =>
        Body(request, dialect, model)[member]?.ToJsonString() ?? "";
}
