using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>What the Responses API demands of its input: kinds of items and content, outputs for calls.</summary>
internal static class ResponseInput
{
    private static readonly string[] _given = ["input_text", "input_image", "input_file", "input_audio"];
    private static readonly string[] _said = ["output_text", "refusal"];

    /// <summary>Checks the input against the calls that the conversation still waits for.</summary>
    /// <returns>The calls that are open after it.</returns>
    public static IReadOnlyList<string> Check(JsonElement body, IReadOnlyList<string> openCalls)
    {
        if (body.Member("input") is not { } input)
        {
            return body.Member("prompt") is not null || body.Member("previous_response_id") is not null
                ? openCalls
                : throw OpenAiFaults.Missing("input");
        }

        if (input.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            throw OpenAiFaults.WrongType("input", "one of a string or array of input items", input);
        var open = openCalls.ToList();
        var index = 0;
        foreach (var item in body.Items("input"))
            CheckItem(item, open, $"input[{index++}]");
        return open.Count == 0
            ? open
            : throw OpenAiFaults.Invalid($"No tool output found for function call {open[0]}.", "input");
    }

    private static void CheckItem(JsonElement item, List<string> open, string path)
    {
        switch (item.Text("type") ?? "message")
        {
            case "message":
                CheckMessage(item, path);
                break;
            case "function_call":
                OpenAiFaults.Name(OpenAiFaults.Text(item, "name", path), path + ".name");
                OpenAiFaults.Text(item, "arguments", path);
                open.Add(OpenAiFaults.Text(item, "call_id", path));
                break;
            case "custom_tool_call":
                OpenAiFaults.Text(item, "input", path);
                open.Add(OpenAiFaults.Text(item, "call_id", path));
                break;
            case "function_call_output" or "custom_tool_call_output":
                var id = OpenAiFaults.Text(item, "call_id", path);
                if (item.Member("output") is not { ValueKind: JsonValueKind.String or JsonValueKind.Array })
                    throw OpenAiFaults.Missing(path + ".output");
                if (!open.Remove(id))
                {
                    throw OpenAiFaults.Invalid(
                        $"No tool call found for function call output with call_id {id}.", "input");
                }

                break;
            case "reasoning":
                if (item.Member("summary") is null)
                    throw OpenAiFaults.Missing(path + ".summary");
                break;
        }
    }

    private static void CheckMessage(JsonElement message, string path)
    {
        var role = OpenAiFaults.Text(message, "role", path);
        if (role is not ("user" or "assistant" or "system" or "developer"))
            throw OpenAiFaults.NotOneOf(role, path + ".role", "assistant", "system", "developer", "user");
        if (message.Member("tool_calls") is not null)
        {
            throw OpenAiFaults.Invalid(
                $"Unknown parameter: '{path}.tool_calls'.", path + ".tool_calls", "unknown_parameter");
        }

        var content = message.Member("content") ?? throw OpenAiFaults.Missing(path + ".content");
        if (content.ValueKind == JsonValueKind.String)
            return;
        var kinds = role == "assistant" ? _said : _given;
        var index = 0;
        foreach (var part in message.Items("content"))
        {
            var at = $"{path}.content[{index++}]";
            var type = OpenAiFaults.Text(part, "type", at);
            if (!kinds.Contains(type))
                throw OpenAiFaults.NotOneOf(type, at, kinds);
            if (type is "input_text" or "output_text")
                OpenAiFaults.Text(part, "text", at);
            if (type == "input_image" && part.Text("image_url") is null && part.Text("file_id") is null)
                throw OpenAiFaults.Missing(at + ".image_url");
        }
    }
}
