using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>What Bedrock demands of the turns: they alternate, and results come right after calls.</summary>
internal static class ConverseTurns
{
    private static readonly HashSet<string> _message = ["role", "content"];

    /// <summary>Checks every turn.</summary>
    /// <returns>Whether the last one brings a tool's result.</returns>
    public static bool Check(JsonElement body)
    {
        var messages = body.Items("messages");
        if (messages.Count == 0)
        {
            throw ConverseFaults.Invalid(
                "A conversation must start with a user message. Try again with a conversation that starts with a user"
                + " message.");
        }

        var calls = new List<string>();
        for (var index = 0; index < messages.Count; index++)
        {
            CheckRole(messages[index], index);
            var blocks = messages[index].Items("content");
            if (blocks.Count == 0)
            {
                throw ConverseFaults.Invalid(
                    $"The content field in the Message object at messages.{index} is empty. Add a ContentBlock object"
                    + " to the content field and try again.");
            }

            for (var block = 0; block < blocks.Count; block++)
                ConverseBlocks.Check(blocks[block], $"messages.{index}.content.{block}");
            CheckResults(blocks, calls, index);
            calls = IdsOf(blocks, "toolUse");
        }

        if (calls.Count > 0)
            throw Expected(calls, messages.Count);
        CheckToolsAreDefined(body, messages);
        return IdsOf(messages[^1].Items("content"), "toolResult").Count > 0;
    }

    private static void CheckRole(JsonElement message, int index)
    {
        ConverseFaults.OnlyKnown(message, _message, $"messages.{index}");
        var role = message.Text("role");
        if (role is not ("user" or "assistant"))
            throw ConverseFaults.Invalid($"Value '{role}' at 'messages.{index}.role' must be one of [user, assistant]");
        if (index == 0 && role != "user")
        {
            throw ConverseFaults.Invalid(
                "A conversation must start with a user message. Try again with a conversation that starts with a user"
                + " message.");
        }

        if (role != (index % 2 == 0 ? "user" : "assistant"))
        {
            throw ConverseFaults.Invalid(
                "A conversation must alternate between user and assistant roles. Make sure the conversation alternates"
                + " between user and assistant roles and try again.");
        }
    }

    private static void CheckResults(IReadOnlyList<JsonElement> blocks, List<string> calls, int index)
    {
        var results = IdsOf(blocks, "toolResult");
        if (results.Count > calls.Count || results.Except(calls).Any())
        {
            throw ConverseFaults.Invalid(
                $"The number of toolResult blocks at messages.{index}.content exceeds the number of toolUse blocks of"
                + " previous turn.");
        }

        if (calls.Except(results).ToList() is { Count: > 0 } missing)
            throw Expected(missing, index);
    }

    private static void CheckToolsAreDefined(JsonElement body, IReadOnlyList<JsonElement> messages)
    {
        var used = messages.Any(message => IdsOf(message.Items("content"), "toolUse").Count > 0);
        if (used && body.Member("toolConfig") is null)
        {
            throw ConverseFaults.Invalid(
                "The toolConfig field must be defined when using toolUse and toolResult content blocks.");
        }
    }

    private static ProviderRefusal Expected(IEnumerable<string> ids, int index) => ConverseFaults.Invalid(
        $"Expected toolResult blocks at messages.{index}.content for the following Ids: {string.Join(", ", ids)}");

    private static List<string> IdsOf(IReadOnlyList<JsonElement> blocks, string kind) =>
        [.. blocks.Select(block => block.Member(kind)?.Text("toolUseId")).OfType<string>()];
}
