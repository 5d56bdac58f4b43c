using System.Text.Json;
using System.Text.RegularExpressions;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>What messages demand of each content block.</summary>
internal static partial class Blocks
{
    private static readonly Dictionary<string, HashSet<string>> _members = new()
    {
        ["text"] = ["type", "text", "cache_control", "citations"],
        ["image"] = ["type", "source", "cache_control"],
        ["document"] = ["type", "source", "title", "context", "citations", "cache_control"],
        ["tool_use"] = ["type", "id", "name", "input", "cache_control", "caller"],
        ["tool_result"] = ["type", "tool_use_id", "content", "is_error", "cache_control"],
        ["thinking"] = ["type", "thinking", "signature"],
        ["redacted_thinking"] = ["type", "data"],
    };

    private static readonly string[] _images = ["image/jpeg", "image/png", "image/gif", "image/webp"];
    private static readonly string[] _assistants = ["text", "tool_use", "thinking", "redacted_thinking"];
    private static readonly string[] _users = ["text", "image", "document", "tool_result"];

    public static void Check(JsonElement message, string role, string path, bool isLast)
    {
        var content = message.Member("content") ?? throw MessageFaults.Required($"{path}.content");
        if (content.ValueKind == JsonValueKind.String)
        {
            CheckString(content.GetString()!, role, path, isLast);
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
            throw MessageFaults.Invalid($"{path}.content: Input should be a valid string or list");
        if (content.GetArrayLength() == 0 && !(isLast && role == "assistant"))
        {
            throw MessageFaults.Invalid(
                $"{path}: all messages must have non-empty content except for the optional final assistant message");
        }

        var index = 0;
        foreach (var block in content.EnumerateArray())
            CheckBlock(block, role == "assistant" ? _assistants : _users, $"{path}.content.{index++}");
    }

    private static void CheckString(string text, string role, string path, bool isLast)
    {
        if (text.Length == 0 && !(isLast && role == "assistant"))
        {
            throw MessageFaults.Invalid(
                $"{path}: all messages must have non-empty content except for the optional final assistant message");
        }

        if (isLast && role == "assistant" && text.Length > 0 && char.IsWhiteSpace(text[^1]))
            throw MessageFaults.Invalid("messages: final assistant content cannot end with trailing whitespace");
    }

    private static void CheckBlock(JsonElement block, string[] allowed, string path)
    {
        var type = MessageFaults.Text(block, "type", path);
        if (!_members.TryGetValue(type, out var members))
        {
            throw MessageFaults.Invalid(
                $"{path}: Input tag '{type}' found using 'type' does not match any of the expected tags");
        }

        if (!allowed.Contains(type))
            throw MessageFaults.Invalid($"{path}: `{type}` blocks are not permitted in this role");
        MessageFaults.OnlyKnown(block, members, $"{path}.{type}");
        switch (type)
        {
            case "text" when MessageFaults.Text(block, "text", $"{path}.text").Length == 0:
                throw MessageFaults.Invalid("messages: text content blocks must be non-empty");
            case "image" or "document":
                CheckSource(MessageFaults.Object(block, "source", $"{path}.{type}"), type, $"{path}.{type}.source");
                break;
            case "tool_use":
                CheckId(MessageFaults.Text(block, "id", $"{path}.tool_use"), $"{path}.tool_use.id");
                MessageFaults.Text(block, "name", $"{path}.tool_use");
                MessageFaults.Object(block, "input", $"{path}.tool_use");
                break;
            case "tool_result":
                CheckId(
                    MessageFaults.Text(block, "tool_use_id", $"{path}.tool_result"), $"{path}.tool_result.tool_use_id");
                var inner = 0;
                foreach (var part in block.Items("content"))
                    CheckBlock(part, ["text", "image", "document"], $"{path}.tool_result.content.{inner++}");
                break;
            case "thinking":
                CheckSeal(block, path);
                break;
        }
    }

    private static void CheckSource(JsonElement source, string type, string path)
    {
        switch (MessageFaults.Text(source, "type", path))
        {
            case "base64":
                var media = MessageFaults.Text(source, "media_type", path);
                if (type == "image" ? !_images.Contains(media) : media != "application/pdf")
                    throw MessageFaults.Invalid($"{path}.base64.media_type: '{media}' is not supported");
                var data = MessageFaults.Text(source, "data", path);
                if (!Convert.TryFromBase64String(data, new byte[data.Length], out var length) || length == 0)
                    throw MessageFaults.Invalid($"{path}.base64.data: Invalid base64 data");
                break;
            case "url":
                MessageFaults.Text(source, "url", path);
                break;
            case "text" when type == "document":
                MessageFaults.Text(source, "media_type", path);
                MessageFaults.Text(source, "data", path);
                break;
            case "file":
                MessageFaults.Text(source, "file_id", path);
                break;
            case "content" when type == "document":
                break;
            case var other:
                throw MessageFaults.Invalid(
                    $"{path}: Input tag '{other}' found using 'type' does not match any of the expected tags");
        }
    }

    private static void CheckSeal(JsonElement block, string path)
    {
        var thought = MessageFaults.Text(block, "thinking", $"{path}.thinking");
        if (!ThoughtSignature.IsOf(MessageFaults.Text(block, "signature", $"{path}.thinking"), thought))
            throw MessageFaults.Invalid($"{path}: Invalid `signature` in `thinking` block");
    }

    private static void CheckId(string id, string path)
    {
        if (!Id().IsMatch(id))
            throw MessageFaults.Invalid($"{path}: String should match pattern '^[a-zA-Z0-9_-]+$'");
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+$")]
    private static partial Regex Id();
}
