using System.Text.Json;
using System.Text.RegularExpressions;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>The tools of a messages request.</summary>
internal static partial class MessageTools
{
    private static readonly HashSet<string> _known =
        ["name", "description", "input_schema", "type", "cache_control", "strict", "input_examples", "defer_loading"];

    private static readonly HashSet<string> _choice = ["type", "name", "disable_parallel_tool_use"];

    public static IReadOnlyList<OfferedTool> Read(JsonElement body)
    {
        var read = new List<OfferedTool>();
        var index = 0;
        foreach (var tool in body.Items("tools"))
        {
            var path = $"tools.{index++}.custom";
            // A tool with a type of its own is one that Anthropic runs.
            if (tool.Text("type") is not (null or "custom"))
                continue;
            MessageFaults.OnlyKnown(tool, _known, path);
            var name = MessageFaults.Text(tool, "name", path);
            if (!Name().IsMatch(name))
            {
                throw MessageFaults.Invalid(
                    $"{path}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
            }

            var schema = MessageFaults.Object(tool, "input_schema", path);
            if (schema.Text("type") is not { } type)
                throw MessageFaults.Required($"{path}.input_schema.type");
            if (type != "object")
                throw MessageFaults.Invalid($"{path}.input_schema.type: Input should be 'object'");
            if (read.Any(other => other.Name == name))
                throw MessageFaults.Invalid("tools: Tool names must be unique.");
            read.Add(new OfferedTool(name, schema));
        }

        CheckChoice(body, read);
        return read;
    }

    private static void CheckChoice(JsonElement body, List<OfferedTool> tools)
    {
        if (body.Member("tool_choice") is not { } choice)
            return;
        if (choice.ValueKind != JsonValueKind.Object)
            throw MessageFaults.Invalid("tool_choice: Input should be a valid dictionary");
        MessageFaults.OnlyKnown(choice, _choice, "tool_choice");
        if (body.Items("tools").Count == 0)
            throw MessageFaults.Invalid("tool_choice may only be specified while providing tools.");
        var type = MessageFaults.Text(choice, "type", "tool_choice");
        if (type is not ("auto" or "any" or "tool" or "none"))
        {
            throw MessageFaults.Invalid(
                $"tool_choice: Input tag '{type}' found using 'type' does not match any of the expected tags");
        }

        if (type == "tool")
        {
            var name = MessageFaults.Text(choice, "name", "tool_choice.tool");
            if (tools.All(tool => tool.Name != name))
                throw MessageFaults.Invalid($"Tool '{name}' not found in provided tools");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$")]
    private static partial Regex Name();
}
