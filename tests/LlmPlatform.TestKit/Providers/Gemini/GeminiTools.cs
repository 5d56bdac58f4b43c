using System.Text.Json;
using System.Text.RegularExpressions;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>The functions that a request declares.</summary>
internal static partial class GeminiTools
{
    private static readonly HashSet<string> _tool =
    [
        "functionDeclarations", "googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "computerUse",
        "googleMaps", "fileSearch",
    ];

    private static readonly HashSet<string> _declaration =
        ["name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior"];

    private static readonly HashSet<string> _config = ["functionCallingConfig", "retrievalConfig"];
    private static readonly HashSet<string> _calling = ["mode", "allowedFunctionNames"];

    public static IReadOnlyList<OfferedTool> Read(JsonElement body)
    {
        var read = new List<OfferedTool>();
        var index = 0;
        foreach (var tool in body.Items("tools"))
        {
            var path = $"tools[{index++}]";
            GeminiFaults.OnlyKnown(tool, _tool, path);
            var function = 0;
            foreach (var declaration in tool.Items("functionDeclarations"))
                read.Add(ReadOne(declaration, $"{path}.function_declarations[{function++}]"));
        }

        CheckConfig(body, read);
        return read;
    }

    private static OfferedTool ReadOne(JsonElement declaration, string path)
    {
        GeminiFaults.OnlyKnown(declaration, _declaration, path);
        if (declaration.Text("name") is not { } name || !Name().IsMatch(name))
        {
            throw GeminiFaults.AtField(
                $"{path}.name", "Invalid function name. Must start with a letter or an underscore.");
        }

        if (declaration.Member("parameters") is { } parameters)
        {
            if (declaration.Member("parametersJsonSchema") is not null)
                throw GeminiFaults.AtField($"{path}.parameters", "only one of parameters and parameters_json_schema.");
            GeminiSchema.Check(parameters, $"{path}.parameters");
            if (parameters.Text("type")?.ToUpperInvariant() != "OBJECT")
                throw GeminiFaults.AtField($"{path}.parameters", "schema should be of type OBJECT.");
        }

        return new OfferedTool(name, declaration.Member("parameters") ?? declaration.Member("parametersJsonSchema"));
    }

    private static void CheckConfig(JsonElement body, List<OfferedTool> tools)
    {
        if (body.Member("toolConfig") is not { } config)
            return;
        GeminiFaults.OnlyKnown(config, _config, "tool_config");
        if (config.Member("functionCallingConfig") is not { } calling)
            return;
        GeminiFaults.OnlyKnown(calling, _calling, "tool_config.function_calling_config");
        var mode = calling.Text("mode");
        if (mode is not (null or "AUTO" or "ANY" or "NONE" or "VALIDATED"))
        {
            throw GeminiFaults.Invalid(
                $"Invalid value at 'tool_config.function_calling_config.mode' (Mode), \"{mode}\"");
        }

        if (mode == "ANY" && tools.Count == 0)
        {
            throw GeminiFaults.Invalid(
                "Function calling config is set without function_declarations.");
        }

        var names = calling.Items("allowedFunctionNames");
        if (names.Count > 0 && mode is not ("ANY" or "VALIDATED"))
            throw GeminiFaults.Invalid("allowed_function_names should only be set when mode is ANY.");
        if (names.Any(name => tools.All(tool => tool.Name != name.GetString())))
            throw GeminiFaults.Invalid("allowed_function_names must be among the declared functions.");
    }

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$")]
    private static partial Regex Name();
}
