using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>Bedrock as a provider, and calls to it, in few words.</summary>
internal static class BedrockTargets
{
    public const string Claude = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    public static RoutedProvider Provider(Uri? address = null) => new()
    {
        Name = "aws",
        Kind = "bedrock",
        BaseUrl = address ?? new Uri("https://bedrock-runtime.eu-central-1.amazonaws.com"),
        Location = "eu-central-1",
        Timeout = TimeSpan.FromSeconds(60),
        FirstByteTimeout = TimeSpan.FromSeconds(30),
        IdleTimeout = TimeSpan.FromSeconds(30),
        Up = true,
    };

    public static Secret Keys { get; } = new(new AwsKeys
    {
        AccessKeyId = "AKIDEXAMPLE",
        SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    }.ToCredential());

    public static BedrockAdapter Adapter(Uri? address = null, Secret? credential = null, TimeProvider? clock = null) =>
        new(Provider(address), credential ?? Keys, clock ?? TimeProvider.System);

    public static UpstreamTarget Target(
        BedrockAdapter adapter, string model = Claude, Wire asked = Wire.Chat, bool stream = false)
    {
        var deployment = new RoutedDeployment { Provider = "aws", Model = model, Priority = 1, Weight = 1 };
        var published = new RoutedModel { Name = "house", Deployments = [deployment], Strategy = "weighted" };
        return new UpstreamTarget(
            adapter, new RouteCandidate(published, adapter.Provider, deployment), Wire.Bedrock, asked, stream);
    }
}
