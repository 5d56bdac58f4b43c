using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// Reads tools and which of them are to be called. Only functions can be had from every provider: what OpenAI runs
/// itself is refused by name.
/// </summary>
internal static class ResponsesTools
{
    /// <summary>Reads both from a request.</summary>
    public static (IReadOnlyList<ToolDefinition> Tools, ToolChoice? Choice) Read(RequestObject body)
    {
        List<ToolDefinition> tools = [.. body.Objects("tools").Select(ReadTool)];
        return body.Member("tool_choice") switch
        {
            null => (tools, null),
            { ValueKind: JsonValueKind.String } => (tools, ReadMode(body, "tool_choice")),
            _ => ReadChoice(body.RequiredObject("tool_choice"), tools),
        };
    }

    private static ToolDefinition ReadTool(RequestObject tool)
    {
        var type = tool.RequiredText("type");
        if (type != "function")
        {
            throw ResponsesGeneration.CannotBeSaid(
                tool.Path, $"a tool of type '{type}'", "Use tools of type 'function' with this model.");
        }

        return new ToolDefinition(tool.RequiredText("name"))
        {
            Description = tool.Text("description"),
            Parameters = tool.Object("parameters")?.Value,
            Strict = tool.Flag("strict"),
        };
    }

    private static (IReadOnlyList<ToolDefinition>, ToolChoice) ReadChoice(
        RequestObject choice, List<ToolDefinition> tools)
    {
        var type = choice.RequiredText("type");
        return type switch
        {
            "function" => (tools, new ToolChoice(ToolChoiceKind.Named, choice.RequiredText("name"))),
            "allowed_tools" => (Allowed(choice, tools), ReadMode(choice, "mode")),
            _ => throw ResponsesGeneration.CannotBeSaid(
                choice.Path, $"a choice of type '{type}'", "Choose a tool of type 'function'."),
        };
    }

    private static ToolChoice ReadMode(RequestObject holder, string name) => holder.RequiredText(name) switch
    {
        "auto" => ToolChoice.Auto,
        "none" => ToolChoice.None,
        "required" => ToolChoice.Required,
        _ => throw holder.Fault(name, "must be 'auto', 'none' or 'required'"),
    };

    // A tool that may not be called need not be known.
    private static List<ToolDefinition> Allowed(RequestObject choice, List<ToolDefinition> tools)
    {
        var names = choice.Objects("tools").Select(tool => tool.RequiredText("name"))
            .ToHashSet(StringComparer.Ordinal);
        return [.. tools.Where(tool => names.Contains(tool.Name))];
    }
}
