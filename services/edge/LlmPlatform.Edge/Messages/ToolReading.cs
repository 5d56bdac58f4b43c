using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>Reads the tools of a Messages request, and which of them must be called.</summary>
internal static class ToolReading
{
    /// <summary>Reads the tools. Those that Anthropic itself runs, or knows without being told, are refused.</summary>
    public static IReadOnlyList<ToolDefinition> Read(RequestObject body) =>
        [.. body.Objects("tools").Select(ReadTool)];

    /// <summary>Reads which tool must be called, and whether several may be.</summary>
    public static (ToolChoice? Choice, bool? IsParallel) ReadChoice(RequestObject body)
    {
        if (body.Object("tool_choice") is not { } choice)
        {
            return default;
        }

        ToolChoice? read = choice.RequiredText("type") switch
        {
            "auto" => ToolChoice.Auto,
            "any" => ToolChoice.Required,
            "none" => ToolChoice.None,
            "tool" => new ToolChoice(ToolChoiceKind.Named, choice.RequiredText("name")),
            _ => throw choice.Fault("type", "must be auto, any, tool or none"),
        };
        return (read, choice.Flag("disable_parallel_tool_use") is { } isSingle ? !isSingle : null);
    }

    private static ToolDefinition ReadTool(RequestObject tool)
    {
        if (tool.Text("type") is not (null or "custom"))
        {
            throw tool.Fault("type", "is a tool of Anthropic's own, and this model is served by another");
        }

        if (tool.Objects("input_examples").Count > 0)
        {
            throw tool.Fault("input_examples", "cannot be told to the provider of this model");
        }

        return new ToolDefinition(tool.RequiredText("name"))
        {
            Description = tool.Text("description"),
            Parameters = tool.RequiredObject("input_schema").Value,
            Strict = tool.Flag("strict"),
            Cache = BlockReading.CacheOf(tool),
        };
    }
}
