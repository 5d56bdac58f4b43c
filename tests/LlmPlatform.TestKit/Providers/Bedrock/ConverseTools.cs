using System.Text.Json;
using System.Text.RegularExpressions;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>The tools of a conversation.</summary>
internal static partial class ConverseTools
{
    private static readonly HashSet<string> _config = ["tools", "toolChoice"];
    private static readonly HashSet<string> _tool = ["toolSpec", "cachePoint", "systemTool"];
    private static readonly HashSet<string> _spec = ["name", "description", "inputSchema", "strict"];
    private static readonly HashSet<string> _choice = ["auto", "any", "tool"];

    public static IReadOnlyList<OfferedTool> Read(JsonElement body)
    {
        var read = new List<OfferedTool>();
        if (body.Member("toolConfig") is not { } config)
            return read;
        ConverseFaults.OnlyKnown(config, _config, "toolConfig");
        var tools = config.Items("tools");
        if (tools.Count == 0)
        {
            throw ConverseFaults.Invalid(
                "Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or"
                + " equal to 1");
        }

        for (var index = 0; index < tools.Count; index++)
        {
            var path = $"toolConfig.tools.{index}";
            ConverseFaults.OnlyKnown(tools[index], _tool, path);
            if (tools[index].Member("toolSpec") is { } spec)
                read.Add(ReadOne(spec, path + ".toolSpec"));
        }

        CheckChoice(config, read);
        return read;
    }

    private static OfferedTool ReadOne(JsonElement spec, string path)
    {
        ConverseFaults.OnlyKnown(spec, _spec, path);
        var name = ConverseFaults.Text(spec, "name", path);
        if (!Name().IsMatch(name))
        {
            throw ConverseFaults.Invalid(
                $"Value at '{path}.name' failed to satisfy constraint: Member must satisfy regular expression pattern:"
                + " [a-zA-Z0-9_-]+");
        }

        if (spec.Member("description") is { } description && description.GetString() is not { Length: > 0 })
            throw ConverseFaults.Invalid($"Value at '{path}.description' must have length greater than or equal to 1");
        if (spec.Member("inputSchema", "json") is not { ValueKind: JsonValueKind.Object } schema)
            throw ConverseFaults.Invalid($"The inputSchema at {path} must be a JSON object.");
        if (schema.Text("type") != "object")
        {
            throw ConverseFaults.Invalid(
                $"The value at {path}.inputSchema.json.type must be one of the following: object.");
        }

        return new OfferedTool(name, schema);
    }

    private static void CheckChoice(JsonElement config, List<OfferedTool> tools)
    {
        if (config.Member("toolChoice") is not { } choice)
            return;
        ConverseFaults.OnlyKnown(choice, _choice, "toolConfig.toolChoice");
        if (choice.Member("tool") is { } named && tools.All(tool => tool.Name != named.Text("name")))
        {
            throw ConverseFaults.Invalid(
                "The tool name in the toolChoice field does not match any of the tools in toolConfig.tools.");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex Name();
}
