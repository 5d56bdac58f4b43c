using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>What OpenAI says of a request that it does not accept.</summary>
internal static partial class OpenAiFaults
{
    public static ProviderRefusal Invalid(string message, string? param = null, string? code = null) =>
        new(400, message) { Param = param, Code = code };

    public static ProviderRefusal Missing(string param) =>
        Invalid($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static ProviderRefusal NotOneOf(string? value, string param, params string[] values) => Invalid(
        $"Invalid value: '{value}'. Supported values are: {string.Join(", ", values.Select(one => $"'{one}'"))}.",
        param,
        "invalid_value");

    public static string Text(JsonElement holder, string name, string path)
    {
        var value = holder.Member(name) ?? throw Missing(Join(path, name));
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw WrongType(Join(path, name), "a string", value);
    }

    public static JsonElement Object(JsonElement holder, string name, string path)
    {
        var value = holder.Member(name) ?? throw Missing(Join(path, name));
        return value.ValueKind == JsonValueKind.Object ? value : throw WrongType(Join(path, name), "an object", value);
    }

    public static void Range(JsonElement body, string name, decimal least, decimal most)
    {
        if (body.Member(name) is not { } value)
            return;
        if (value.ValueKind != JsonValueKind.Number)
            throw WrongType(name, "a number", value);
        if (body.Number(name) is not { } number || number < least || number > most)
            throw Invalid($"Invalid '{name}': expected a value between {least} and {most}.", name, "out_of_range");
    }

    public static ProviderRefusal WrongType(string param, string expected, JsonElement value) => Invalid(
        $"Invalid type for '{param}': expected {expected}, but got {NameOf(value.ValueKind)} instead.",
        param,
        "invalid_type");

    /// <summary>A tool's or a schema's name.</summary>
    public static void Name(string name, string param)
    {
        if (!NamePattern().IsMatch(name))
        {
            throw Invalid(
                $"Invalid '{param}': string does not match pattern. Expected a string that matches the pattern"
                + " '^[a-zA-Z0-9_-]+$'.",
                param,
                "invalid_value");
        }
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        _ => "a boolean",
    };

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex NamePattern();
}
