using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>
/// What messages demand of the turns: roles, results right after calls, thoughts kept with their seal.
/// </summary>
internal static class Conversation
{
    private static readonly HashSet<string> _message = ["role", "content"];

    /// <summary>Checks every turn.</summary>
    /// <param name="body">The request.</param>
    /// <param name="systemMaySpeak">A turn after the first may be the system's.</param>
    /// <returns>Whether the last one brings a tool's result.</returns>
    public static bool Check(JsonElement body, bool systemMaySpeak)
    {
        var messages = body.Member("messages") ?? throw MessageFaults.Required("messages");
        if (messages.ValueKind != JsonValueKind.Array)
            throw MessageFaults.Invalid("messages: Input should be a valid list");
        if (messages.GetArrayLength() == 0)
            throw MessageFaults.Invalid("messages: at least one message is required");
        var calls = new HashSet<string>();
        var index = 0;
        var last = messages.GetArrayLength() - 1;
        foreach (var message in messages.EnumerateArray())
        {
            var path = $"messages.{index}";
            var role = RoleOf(message, index, path, systemMaySpeak);
            Blocks.Check(message, role, path, isLast: index == last);
            var results = ResultsOf(message);
            if (role == "user")
                MatchResults(message, results, calls, index);
            calls = [.. CallsOf(message)];
            if (index == last && calls.Count > 0)
                throw Unanswered(calls, index);
            index++;
        }

        CheckThoughtBeforeCalls(body);
        return ResultsOf(messages[last]).Count > 0;
    }

    private static string RoleOf(JsonElement message, int index, string path, bool systemMaySpeak)
    {
        MessageFaults.OnlyKnown(message, _message, path);
        var role = MessageFaults.Text(message, "role", path);
        if (role == "system" && systemMaySpeak && index > 0)
            return role;
        if (role == "system")
        {
            throw MessageFaults.Invalid(
                "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not"
                + " \"system\" as an input message role.");
        }

        if (role is not ("user" or "assistant"))
            throw MessageFaults.Invalid($"{path}.role: Input should be 'user' or 'assistant'");
        if (index == 0 && role != "user")
            throw MessageFaults.Invalid("messages: first message must use the \"user\" role");
        return role;
    }

    private static void MatchResults(JsonElement message, List<string> results, HashSet<string> calls, int index)
    {
        if (results.Find(id => !calls.Contains(id)) is { } stray)
        {
            throw MessageFaults.Invalid(
                $"messages.{index}.content: unexpected `tool_use_id` found in `tool_result` blocks: {stray}. Each"
                + " `tool_result` block must have a corresponding `tool_use` block in the previous message.");
        }

        // Results come before anything else that is said in their turn.
        var first = message.Items("content")
            .TakeWhile(block => block.Text("type") == "tool_result")
            .Count();
        if (!calls.IsSubsetOf(results) || first < results.Count)
            throw Unanswered(calls.Except(results), index - 1);
    }

    private static ProviderRefusal Unanswered(IEnumerable<string> calls, int index) => MessageFaults.Invalid(
        $"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after:"
        + $" {string.Join(", ", calls)}. Each `tool_use` block must have a corresponding `tool_result` block in the"
        + " next message.");

    // While it thinks, the model wants to see the thoughts that led to the calls whose results it gets now.
    private static void CheckThoughtBeforeCalls(JsonElement body)
    {
        if (body.Member("thinking")?.Text("type") != "enabled")
            return;
        var lastTurn = body.Items("messages").LastOrDefault(message => message.Text("role") == "assistant");
        if (CallsOf(lastTurn).Any()
            && lastTurn.Items("content")[0].Text("type") is not ("thinking" or "redacted_thinking") and var found)
        {
            throw MessageFaults.Invalid(
                $"messages: Expected `thinking` or `redacted_thinking`, but found `{found}`. When"
                + " `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding"
                + " the lastmost set of `tool_use` and `tool_result` blocks).");
        }
    }

    private static List<string> ResultsOf(JsonElement message) =>
    [
        .. message.Items("content")
            .Where(block => block.Text("type") == "tool_result")
            .Select(block => block.Text("tool_use_id")!),
    ];

    private static IEnumerable<string> CallsOf(JsonElement message) => message.Items("content")
        .Where(block => block.Text("type") == "tool_use")
        .Select(block => block.Text("id")!);
}
