using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Answers;

/// <summary>What a request asks of the model, in no wire's words.</summary>
internal sealed record ModelRequest
{
    public required string Model { get; init; }

    public bool Streamed { get; init; }

    public IReadOnlyList<OfferedTool> Tools { get; init; } = [];

    /// <summary>The tool that must be called.</summary>
    public string? ForcedTool { get; init; }

    /// <summary>Some tool must be called.</summary>
    public bool MustCall { get; init; }

    /// <summary>No tool may be called.</summary>
    public bool MustNotCall { get; init; }

    public bool ParallelCalls { get; init; } = true;

    /// <summary>The last turn holds a tool's result: the model answers now.</summary>
    public bool HoldsResults { get; init; }

    /// <summary>The schema that the text must fit.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>The text must be JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Thoughts are to be shown.</summary>
    public bool ShowThoughts { get; init; }
}
