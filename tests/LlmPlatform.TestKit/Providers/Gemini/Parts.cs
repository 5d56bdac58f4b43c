using System.Text.Json;
using System.Text;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>What Gemini demands of one part of a turn.</summary>
internal static class Parts
{
    /// <summary>What the seal of a text is set on.</summary>
    public const string Text = "text";

    private static readonly HashSet<string> _kinds =
    [
        Text, "functionCall", "functionResponse", "inlineData", "fileData", "executableCode", "codeExecutionResult",
    ];

    private static readonly HashSet<string> _known =
        [.. _kinds, "thought", "thoughtSignature", "videoMetadata", "mediaResolution"];

    private static readonly HashSet<string> _call = ["name", "args", "id"];
    private static readonly HashSet<string> _response =
        ["name", "response", "id", "willContinue", "scheduling", "parts"];

    private static readonly HashSet<string> _inline = ["mimeType", "data", "displayName"];
    private static readonly HashSet<string> _file = ["mimeType", "fileUri", "displayName"];

    // What the vendor takes from those who have calls to show and no seal for them.
    private static readonly string[] _waivers =
    [
        "skip_thought_signature_validator",
        "context_engineering_is_the_way_to_go",
        Convert.ToBase64String(Encoding.ASCII.GetBytes("skip_thought_signature_validator")),
        Convert.ToBase64String(Encoding.ASCII.GetBytes("context_engineering_is_the_way_to_go")),
    ];

    public static void Check(JsonElement part, string path)
    {
        GeminiFaults.OnlyKnown(part, _known, path);
        if (_kinds.Count(kind => part.Member(kind) is not null) != 1)
        {
            throw GeminiFaults.AtField(
                path + ".data", "required oneof field 'data' must have one initialized field");
        }

        if (part.Member(Text) is { ValueKind: not JsonValueKind.String })
            throw GeminiFaults.Invalid($"Invalid value at '{path}.text' (TYPE_STRING)");
        if (part.Member("functionCall") is { } call)
            CheckStruct(call, _call, "args", path + ".function_call");
        if (part.Member("functionResponse") is { } response)
        {
            CheckStruct(response, _response, "response", path + ".function_response");
            if (response.Member("response") is null)
                throw GeminiFaults.AtField(path + ".function_response.response", "missing field.");
        }

        if (part.Member("inlineData") is { } inline)
            CheckInline(inline, path + ".inline_data");
        if (part.Member("fileData") is { } file)
        {
            GeminiFaults.OnlyKnown(file, _file, path + ".file_data");
            if (file.Text("fileUri") is null)
                throw GeminiFaults.AtField(path + ".file_data.file_uri", "missing field.");
        }

        CheckSignature(part);
    }

    private static void CheckStruct(JsonElement value, HashSet<string> known, string member, string path)
    {
        GeminiFaults.OnlyKnown(value, known, path);
        if (value.Text("name") is not { Length: > 0 })
            throw GeminiFaults.AtField(path + ".name", "Name cannot be empty.");
        if (value.Member(member) is { ValueKind: not JsonValueKind.Object })
        {
            throw GeminiFaults.Invalid(
                $"Invalid value at '{path}.{member}' (type.googleapis.com/google.protobuf.Struct)");
        }
    }

    private static void CheckInline(JsonElement inline, string path)
    {
        GeminiFaults.OnlyKnown(inline, _inline, path);
        if (inline.Text("mimeType") is not { Length: > 0 })
            throw GeminiFaults.AtField(path + ".mime_type", "missing field.");
        var data = inline.Text("data") ?? "";
        if (data.Length == 0 || !Convert.TryFromBase64String(data, new byte[data.Length], out _))
            throw GeminiFaults.Invalid($"Invalid value at '{path}.data' (TYPE_BYTES), Base64 decoding failed");
    }

    private static void CheckSignature(JsonElement part)
    {
        if (part.Text("thoughtSignature") is not { } signature || _waivers.Contains(signature))
            return;
        var subject = part.Member("functionCall")?.Text("name") ?? Text;
        if (!ThoughtSignature.IsOf(signature, subject))
            throw GeminiFaults.Invalid("Corrupted thought signature.");
    }
}
