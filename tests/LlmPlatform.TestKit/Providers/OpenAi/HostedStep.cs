using System.Text.Json.Nodes;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>An event in the life of a <see cref="HostedCall"/>.</summary>
/// <param name="Name">The last word of its type.</param>
/// <param name="Members">What it says beside the item it is of.</param>
internal sealed record HostedStep(string Name, JsonObject? Members = null)
{
    /// <summary>The word before, where it is not the item's type.</summary>
    public string? Of { get; init; }
}
