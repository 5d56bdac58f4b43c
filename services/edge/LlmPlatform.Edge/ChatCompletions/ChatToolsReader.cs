using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>Reads the tools of a chat, in today's way or the older one (<c>functions</c>).</summary>
internal static class ChatToolsReader
{
    /// <summary>True when the caller speaks the older way, and reads an answer in no other.</summary>
    public static bool UsesFunctions(RequestObject body) => body.Has("functions") && !body.Has("tools");

    /// <summary>Reads the tools, without those that a choice rules out, and which must be called.</summary>
    public static (IReadOnlyList<ToolDefinition> Tools, ToolChoice? Choice) Read(RequestObject body)
    {
        if (UsesFunctions(body))
        {
            return (
                [.. body.Objects("functions").Select(function => ReadFunction(function, null))],
                ReadFunctionChoice(body));
        }

        IReadOnlyList<ToolDefinition> tools = [.. body.Objects("tools").Select(ReadTool)];
        if (body.Member("tool_choice") is not { } choice)
        {
            return (tools, null);
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return (tools, ReadWord(body.RequiredText("tool_choice"), body, "tool_choice"));
        }

        var rule = body.RequiredObject("tool_choice");
        return rule.Text("type") switch
        {
            "function" => (tools, Named(rule.RequiredObject("function"))),
            "allowed_tools" => ReadAllowed(rule.RequiredObject("allowed_tools"), tools),
            _ => throw rule.Fault("type", "must be function or allowed_tools"),
        };
    }

    /// <summary>False when at most one tool may be called: the older way can say no more than one.</summary>
    public static bool? AllowsParallelCalls(RequestObject body) =>
        UsesFunctions(body) ? false : body.Flag("parallel_tool_calls");

    private static ToolDefinition ReadTool(RequestObject tool)
    {
        if (tool.RequiredText("type") != "function")
        {
            throw tool.Fault("type", "must be function: other kinds of tools cannot be translated for this model");
        }

        return ReadFunction(tool.RequiredObject("function"), ChatPartReader.ReadCache(tool));
    }

    private static ToolDefinition ReadFunction(RequestObject function, CacheMark? cache) =>
        new(function.RequiredText("name"))
        {
            Description = function.Text("description"),
            Parameters = function.Object("parameters")?.Value,
            Strict = function.Flag("strict"),
            Cache = cache ?? ChatPartReader.ReadCache(function),
        };

    private static ToolChoice? ReadFunctionChoice(RequestObject body) => body.Member("function_call") switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } => ReadWord(body.RequiredText("function_call"), body, "function_call"),
        _ => Named(body.RequiredObject("function_call")),
    };

    private static ToolChoice ReadWord(string word, RequestObject body, string name) => word switch
    {
        "auto" => ToolChoice.Auto,
        "none" => ToolChoice.None,
        "required" or "any" => ToolChoice.Required,
        _ => throw body.Fault(name, "must be auto, none, required or an object"),
    };

    private static ToolChoice Named(RequestObject function) =>
        new(ToolChoiceKind.Named, function.RequiredText("name"));

    private static (IReadOnlyList<ToolDefinition> Tools, ToolChoice? Choice) ReadAllowed(
        RequestObject allowed, IReadOnlyList<ToolDefinition> tools)
    {
        var names = allowed.Objects("tools")
            .Select(tool => tool.RequiredObject("function").RequiredText("name"))
            .ToHashSet(StringComparer.Ordinal);
        return (
            [.. tools.Where(tool => names.Contains(tool.Name))],
            ReadWord(allowed.RequiredText("mode"), allowed, "mode"));
    }
}
