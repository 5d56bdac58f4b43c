using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>What the Responses API demands of everything but the input and tools.</summary>
internal static class ResponseMembers
{
    // Members of chat completions that are elsewhere here: what a translator forgets.
    private static readonly Dictionary<string, string> _moved = new()
    {
        ["messages"] = "input",
        ["max_tokens"] = "max_output_tokens",
        ["max_completion_tokens"] = "max_output_tokens",
        ["response_format"] = "text.format",
        ["reasoning_effort"] = "reasoning.effort",
        ["functions"] = "tools",
    };

    public static void Check(JsonElement body)
    {
        foreach (var (name, place) in _moved)
        {
            if (body.Member(name) is not null)
            {
                throw OpenAiFaults.Invalid(
                    $"Unsupported parameter: '{name}'. In the Responses API, this parameter has moved to '{place}'.",
                    name,
                    "unsupported_parameter");
            }
        }

        OpenAiFaults.Range(body, "temperature", 0, 2);
        OpenAiFaults.Range(body, "top_p", 0, 1);
        OpenAiFaults.Range(body, "max_output_tokens", 16, int.MaxValue);
        OpenAiFaults.Range(body, "top_logprobs", 0, 20);
        if (body.Member("stream_options", "include_usage") is not null)
        {
            throw OpenAiFaults.Invalid(
                "Unknown parameter: 'stream_options.include_usage'.", "stream_options.include_usage",
                "unknown_parameter");
        }

        if (body.Member("text", "format") is { } format)
            CheckFormat(format);
    }

    private static void CheckFormat(JsonElement format)
    {
        const string path = "text.format";
        var type = OpenAiFaults.Text(format, "type", path);
        if (type is not ("text" or "json_object" or "json_schema"))
            throw OpenAiFaults.NotOneOf(type, path + ".type", "json_object", "json_schema", "text");
        if (type != "json_schema")
            return;
        var name = OpenAiFaults.Text(format, "name", path);
        OpenAiFaults.Name(name, path + ".name");
        var schema = OpenAiFaults.Object(format, "schema", path);
        if (format.IsTrue("strict"))
            StrictSchema.Check(schema, $"response_format '{name}'", path + ".schema");
    }
}
