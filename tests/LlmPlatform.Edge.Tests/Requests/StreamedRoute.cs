using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>A public route that streams, a body that asks it to, and a provider behind it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Asking">The members that hold the question.</param>
/// <param name="Kind">The models called, as <see cref="Landscape"/> names them.</param>
/// <param name="CutKind">The same models, where a call is cut when its caller leaves.</param>
/// <param name="ProviderOf">The provider of these models.</param>
internal sealed record StreamedRoute(
    string Path, string Asking, string Kind, string CutKind, Func<EdgeUnderTest, FakeProvider> ProviderOf)
{
    private const string Messages = """ "messages":[{"role":"user","content":"hi"}]""";
    private const string Bounded = $$"""{{Messages}},"max_tokens":500""";

    public static IReadOnlyList<StreamedRoute> All { get; } =
    [
        new("/v1/chat/completions", Messages, "m", "cut-", edge => edge.First),
        new("/v1/responses", """ "input":"hi" """, "m", "cut-", edge => edge.First),
        new("/v1/responses", """ "input":"hi" """, "o", "cut-o", edge => edge.First),
        new("/v1/messages", Bounded, "claude-", "claude-cut-", edge => edge.Anthropic),
        new("/v1/messages", Bounded, "m", "cut-", edge => edge.First),
        new("/v1/chat/completions", Messages, "claude-", "claude-cut-", edge => edge.Anthropic),
        new("/v1/completions", """ "prompt":"hi" """, "m", "cut-", edge => edge.First),
        new("/v1/completions", """ "prompt":"hi","max_tokens":100""", "claude-", "claude-cut-", edge => edge.Anthropic),
    ];

    /// <summary>What a test is given instead of this object.</summary>
    public string Name => $"{Path} {Kind}";

    public string Body(string model) => $$"""{"model":"{{model}}","stream":true,{{Asking}}}""";
}
