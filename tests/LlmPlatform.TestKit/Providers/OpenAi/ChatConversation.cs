using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>What chat completions demand of the messages: roles, kinds of content, calls followed by results.</summary>
internal static class ChatConversation
{
    private static readonly Dictionary<string, string[]> _contentOf = new()
    {
        ["system"] = ["text"],
        ["developer"] = ["text"],
        ["user"] = ["text", "image_url", "input_audio", "file"],
        ["assistant"] = ["text", "refusal"],
        ["tool"] = ["text"],
    };

    public static void Check(JsonElement body)
    {
        var messages = body.Member("messages") ?? throw OpenAiFaults.Missing("messages");
        if (messages.ValueKind != JsonValueKind.Array)
            throw OpenAiFaults.WrongType("messages", "an array of objects", messages);
        if (messages.GetArrayLength() == 0)
        {
            throw OpenAiFaults.Invalid(
                "Invalid 'messages': empty array. Expected an array with minimum length 1.", "messages", "empty_array");
        }

        var open = new HashSet<string>();
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var path = $"messages[{index++}]";
            var role = OpenAiFaults.Text(message, "role", path);
            if (!_contentOf.TryGetValue(role, out var kinds))
                throw OpenAiFaults.NotOneOf(role, $"{path}.role", [.. _contentOf.Keys]);
            if (open.Count > 0 && role != "tool")
                throw Unanswered(open, path);
            CheckContent(message, role, kinds, path);
            if (role == "tool")
                CheckResult(message, open, path);
            if (role == "assistant")
                ReadCalls(message, open, path);
        }

        if (open.Count > 0)
            throw Unanswered(open, $"messages[{index - 1}]");
    }

    private static void CheckContent(JsonElement message, string role, string[] kinds, string path)
    {
        if (message.Member("content") is not { } content)
        {
            // An assistant that called tools, or refused, need not have said anything.
            if (role == "assistant"
                && (message.Items("tool_calls").Count > 0 || message.Text("refusal") is not null))
            {
                return;
            }

            throw OpenAiFaults.Invalid(
                $"Invalid value for 'content': expected a string, got null.", $"{path}.content");
        }

        if (content.ValueKind == JsonValueKind.String)
            return;
        if (content.ValueKind != JsonValueKind.Array)
            throw OpenAiFaults.WrongType($"{path}.content", "one of a string or array of objects", content);
        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            var at = $"{path}.content[{index++}]";
            var type = OpenAiFaults.Text(part, "type", at);
            if (!kinds.Contains(type))
                throw OpenAiFaults.NotOneOf(type, at + ".type", kinds);
            if (type == "text")
                OpenAiFaults.Text(part, "text", at);
            if (type == "image_url")
                CheckImage(OpenAiFaults.Text(OpenAiFaults.Object(part, "image_url", at), "url", at + ".image_url"), at);
            if (type == "file")
                OpenAiFaults.Object(part, "file", at);
        }
    }

    private static void CheckImage(string url, string path)
    {
        var good = url.StartsWith("http", StringComparison.Ordinal)
            || (url.StartsWith("data:image/", StringComparison.Ordinal)
                && url.Contains(";base64,", StringComparison.Ordinal));
        if (!good)
        {
            throw OpenAiFaults.Invalid(
                "Invalid image URL. Expected a valid URL, or a base64-encoded data URL.",
                path + ".image_url.url", "invalid_value");
        }
    }

    private static void CheckResult(JsonElement message, HashSet<string> open, string path)
    {
        if (!open.Remove(OpenAiFaults.Text(message, "tool_call_id", path)))
        {
            throw OpenAiFaults.Invalid(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with"
                + " 'tool_calls'.",
                path + ".role");
        }
    }

    private static void ReadCalls(JsonElement message, HashSet<string> open, string path)
    {
        if (message.Member("tool_calls") is not { } calls)
            return;
        if (calls.ValueKind != JsonValueKind.Array || calls.GetArrayLength() == 0)
        {
            throw OpenAiFaults.Invalid(
                $"Invalid '{path}.tool_calls': empty array.", $"{path}.tool_calls", "empty_array");
        }

        var index = 0;
        foreach (var call in calls.EnumerateArray())
        {
            var at = $"{path}.tool_calls[{index++}]";
            open.Add(OpenAiFaults.Text(call, "id", at));
            var type = OpenAiFaults.Text(call, "type", at);
            var called = OpenAiFaults.Object(call, type, at);
            OpenAiFaults.Name(OpenAiFaults.Text(called, "name", $"{at}.{type}"), $"{at}.{type}.name");
            OpenAiFaults.Text(called, type == "custom" ? "input" : "arguments", $"{at}.{type}");
        }
    }

    private static ProviderRefusal Unanswered(HashSet<string> open, string path) => OpenAiFaults.Invalid(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
        + $" The following tool_call_ids did not have response messages: {string.Join(", ", open)}",
        $"{path}.role");
}
