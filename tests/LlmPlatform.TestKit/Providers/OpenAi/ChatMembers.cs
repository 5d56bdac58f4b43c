using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>What chat completions demand of everything but the messages and tools.</summary>
internal static partial class ChatMembers
{
    private const int StopsMax = 4;

    public static void Check(JsonElement body, string model)
    {
        OpenAiFaults.Range(body, "temperature", 0, 2);
        OpenAiFaults.Range(body, "top_p", 0, 1);
        OpenAiFaults.Range(body, "presence_penalty", -2, 2);
        OpenAiFaults.Range(body, "frequency_penalty", -2, 2);
        OpenAiFaults.Range(body, "n", 1, 128);
        OpenAiFaults.Range(body, "max_tokens", 1, int.MaxValue);
        OpenAiFaults.Range(body, "max_completion_tokens", 1, int.MaxValue);
        OpenAiFaults.Range(body, "top_logprobs", 0, 20);
        if (body.Member("max_tokens") is not null && ReasoningModel().IsMatch(model))
        {
            throw OpenAiFaults.Invalid(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'"
                + " instead.",
                "max_tokens",
                "unsupported_parameter");
        }

        if (body.Member("stream_options") is not null && !body.IsTrue("stream"))
        {
            throw OpenAiFaults.Invalid(
                "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        }

        if (body.Member("top_logprobs") is not null && !body.IsTrue("logprobs"))
        {
            throw OpenAiFaults.Invalid(
                "The 'logprobs' parameter must be true when 'top_logprobs' is used.", "top_logprobs");
        }

        if (body.Items("stop").Count > StopsMax)
            throw OpenAiFaults.Invalid("Invalid 'stop': array too long. Expected at most 4.", "stop");
        CheckFormat(body);
    }

    private static void CheckFormat(JsonElement body)
    {
        if (body.Member("response_format") is not { } format)
            return;
        var type = OpenAiFaults.Text(format, "type", "response_format");
        switch (type)
        {
            case "text":
                break;
            case "json_object":
                if (!body.Items("messages").Any(message => message.GetRawText().Contains("json", Ignoring)))
                {
                    throw OpenAiFaults.Invalid(
                        "'messages' must contain the word 'json' in some form, to use 'response_format' of type"
                        + " 'json_object'.",
                        "messages");
                }

                break;
            case "json_schema":
                CheckSchema(OpenAiFaults.Object(format, "json_schema", "response_format"));
                break;
            default:
                throw OpenAiFaults.NotOneOf(
                    type, "response_format.type", "json_object", "json_schema", "text");
        }
    }

    private static void CheckSchema(JsonElement named)
    {
        const string path = "response_format.json_schema";
        var name = OpenAiFaults.Text(named, "name", path);
        OpenAiFaults.Name(name, $"{path}.name");
        var schema = OpenAiFaults.Object(named, "schema", path);
        if (named.IsTrue("strict"))
            StrictSchema.Check(schema, $"response_format '{name}'", "response_format");
    }

    private const StringComparison Ignoring = StringComparison.OrdinalIgnoreCase;

    [GeneratedRegex(@"^(o\d|gpt-5)")]
    private static partial Regex ReasoningModel();
}
