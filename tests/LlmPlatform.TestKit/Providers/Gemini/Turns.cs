using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>What Gemini demands of the turns: roles, one kind of thing a part, responses right after calls.</summary>
internal static class Turns
{
    private static readonly HashSet<string> _content = ["role", "parts"];

    /// <summary>Checks every turn.</summary>
    /// <returns>Whether the last one brings a function's response.</returns>
    public static bool Check(JsonElement body, string model)
    {
        var contents = body.Items("contents");
        if (contents.Count == 0)
            throw GeminiFaults.AtField("contents", "contents is not specified");
        var calls = new List<string>();
        for (var index = 0; index < contents.Count; index++)
        {
            var turn = contents[index];
            var path = $"contents[{index}]";
            GeminiFaults.OnlyKnown(turn, _content, path);
            if (turn.Text("role") is { } role && role is not ("user" or "model" or "function"))
                throw GeminiFaults.Invalid("Please use a valid role: user, model.");
            var parts = turn.Items("parts");
            if (parts.Count == 0)
                throw GeminiFaults.AtField($"{path}.parts", "contents.parts must not be empty.");
            for (var part = 0; part < parts.Count; part++)
                Parts.Check(parts[part], $"{path}.parts[{part}]");
            CheckResponses(parts, calls);
            calls = NamesOf(parts, "functionCall");
            if (calls.Count > 0 && (index == 0 || turn.Text("role") != "model"))
            {
                throw GeminiFaults.Invalid(
                    "Please ensure that function call turn comes immediately after a user turn or after a function"
                    + " response turn.");
            }
        }

        if (calls.Count > 0)
            throw UnequalNumbers();
        if (model.StartsWith("gemini-3", StringComparison.Ordinal))
            CheckSignatures(contents);
        return NamesOf(contents[^1].Items("parts"), "functionResponse").Count > 0;
    }

    private static void CheckResponses(IReadOnlyList<JsonElement> parts, List<string> calls)
    {
        var responses = NamesOf(parts, "functionResponse");
        if (responses.Count != calls.Count)
            throw UnequalNumbers();
        if (!responses.Order(StringComparer.Ordinal).SequenceEqual(calls.Order(StringComparer.Ordinal)))
        {
            throw GeminiFaults.Invalid(
                "Please ensure that function response names are those of the function call turn.");
        }
    }

    // The calls of the turn that is still open must carry the seal that they came with, the first of each step.
    private static void CheckSignatures(IReadOnlyList<JsonElement> contents)
    {
        var open = contents.Reverse().TakeWhile(turn =>
            turn.Text("role") == "model" || NamesOf(turn.Items("parts"), "functionResponse").Count > 0);
        foreach (var turn in open)
        {
            var first = turn.Items("parts").FirstOrDefault(part => part.Member("functionCall") is not null);
            if (first.Member("functionCall") is { } call && first.Text("thoughtSignature") is null)
            {
                throw GeminiFaults.Invalid(
                    $"Function call `{call.Text("name")}` is missing a `thought_signature`.");
            }
        }
    }

    private static List<string> NamesOf(IReadOnlyList<JsonElement> parts, string kind) =>
        [.. parts.Select(part => part.Member(kind)?.Text("name")).OfType<string>()];

    private static ProviderRefusal UnequalNumbers() => GeminiFaults.Invalid(
        "Please ensure that the number of function response parts is equal to the number of function call parts of"
        + " the function call turn.");
}
