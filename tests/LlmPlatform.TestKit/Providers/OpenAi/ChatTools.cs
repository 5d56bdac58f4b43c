using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>The tools of a chat completion.</summary>
internal static class ChatTools
{
    public static IReadOnlyList<OfferedTool> Read(JsonElement body)
    {
        var tools = ReadTools(body);
        CheckChoice(body, tools);
        if (tools.Count == 0 && body.Member("parallel_tool_calls") is not null)
        {
            throw OpenAiFaults.Invalid(
                "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are"
                + " specified.",
                "parallel_tool_calls");
        }

        return tools;
    }

    private static List<OfferedTool> ReadTools(JsonElement body)
    {
        var read = new List<OfferedTool>();
        if (body.Member("tools") is not { } tools)
            return read;
        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() == 0)
            throw OpenAiFaults.Invalid("Invalid 'tools': empty array.", "tools", "empty_array");
        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var path = $"tools[{index++}]";
            var type = OpenAiFaults.Text(tool, "type", path);
            if (type is not ("function" or "custom"))
                throw OpenAiFaults.NotOneOf(type, path + ".type", "function", "custom");
            var declared = OpenAiFaults.Object(tool, type, path);
            var name = OpenAiFaults.Text(declared, "name", $"{path}.{type}");
            OpenAiFaults.Name(name, $"{path}.{type}.name");
            var schema = declared.Member("parameters");
            if (schema is { } given)
                CheckSchema(given, declared.IsTrue("strict"), name, $"{path}.function.parameters");
            read.Add(new OfferedTool(name, schema, type == "custom"));
        }

        return read;
    }

    public static void CheckSchema(JsonElement schema, bool isStrict, string name, string param)
    {
        if (schema.ValueKind != JsonValueKind.Object || (schema.Text("type") ?? "object") != "object")
        {
            throw OpenAiFaults.Invalid(
                $"Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"'.",
                param,
                "invalid_function_parameters");
        }

        if (isStrict)
            StrictSchema.Check(schema, $"function '{name}'", param);
    }

    private static void CheckChoice(JsonElement body, List<OfferedTool> tools)
    {
        if (body.Member("tool_choice") is not { } choice)
            return;
        if (tools.Count == 0)
        {
            throw OpenAiFaults.Invalid(
                "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
                "tool_choice");
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            if (choice.GetString() is not ("auto" or "none" or "required"))
                throw OpenAiFaults.NotOneOf(choice.GetString(), "tool_choice", "none", "auto", "required");
            return;
        }

        if (OpenAiFaults.Text(choice, "type", "tool_choice") != "function")
            return;
        var name = OpenAiFaults.Text(
            OpenAiFaults.Object(choice, "function", "tool_choice"), "name", "tool_choice.function");
        if (tools.All(tool => tool.Name != name))
        {
            throw OpenAiFaults.Invalid(
                $"Invalid value for 'tool_choice': function '{name}' is not in 'tools'.", "tool_choice");
        }
    }
}
