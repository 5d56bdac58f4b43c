using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>The tools of a response: those the caller runs, and those that OpenAI does.</summary>
internal static class ResponseTools
{
    public static IReadOnlyList<OfferedTool> Read(JsonElement body)
    {
        var read = new List<OfferedTool>();
        var index = 0;
        foreach (var tool in body.Items("tools"))
        {
            var path = $"tools[{index++}]";
            var type = OpenAiFaults.Text(tool, "type", path);
            if (type is "function" or "custom")
                read.Add(ReadOwn(tool, type, path));
            else if (HostedCall.Of(tool) is null)
                throw OpenAiFaults.NotOneOf(type, path + ".type", "function", "custom", "web_search", "mcp");
        }

        if (body.Member("tool_choice")?.Text("name") is { } name && read.All(tool => tool.Name != name))
        {
            throw OpenAiFaults.Invalid($"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice");
        }

        if (body.Member("tool_choice")?.Member("function") is not null)
        {
            throw OpenAiFaults.Invalid(
                "Unknown parameter: 'tool_choice.function'.", "tool_choice.function", "unknown_parameter");
        }

        return read;
    }

    private static OfferedTool ReadOwn(JsonElement tool, string type, string path)
    {
        var name = OpenAiFaults.Text(tool, "name", path);
        OpenAiFaults.Name(name, path + ".name");
        var schema = tool.Member("parameters");
        if (schema is { } given)
            ChatTools.CheckSchema(given, tool.IsTrue("strict"), name, path + ".parameters");
        return new OfferedTool(name, schema, type == "custom");
    }
}
