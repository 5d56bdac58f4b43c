using System.Text.Json;
using LlmPlatform.TestKit.Providers.Answers;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>What Bedrock demands of each content block.</summary>
internal static class ConverseBlocks
{
    private static readonly HashSet<string> _kinds =
    [
        "text", "image", "document", "video", "toolUse", "toolResult", "reasoningContent", "cachePoint",
        "guardContent", "citationsContent",
    ];

    private static readonly HashSet<string> _use = ["toolUseId", "name", "input", "type"];
    private static readonly HashSet<string> _result = ["toolUseId", "content", "status", "type"];
    private static readonly HashSet<string> _image = ["format", "source", "error"];
    private static readonly HashSet<string> _document = ["format", "name", "source", "context", "citations"];
    private static readonly string[] _formats = ["png", "jpeg", "gif", "webp"];

    public static void Check(JsonElement block, string path)
    {
        ConverseFaults.OnlyKnown(block, _kinds, path);
        if (block.EnumerateObject().Count() != 1)
            throw ConverseFaults.Invalid($"The ContentBlock object at {path} must set one of its members.");
        if (block.Member("text") is { } text && string.IsNullOrWhiteSpace(text.GetString()))
        {
            throw ConverseFaults.Invalid(
                $"The text field in the ContentBlock object at {path} is blank. Add text to the text field, and try"
                + " again.");
        }

        if (block.Member("toolUse") is { } use)
            CheckUse(use, path + ".toolUse");
        if (block.Member("toolResult") is { } result)
            CheckResult(result, path + ".toolResult");
        if (block.Member("image") is { } image)
            CheckImage(image, path + ".image");
        if (block.Member("document") is { } document)
        {
            ConverseFaults.OnlyKnown(document, _document, path + ".document");
            ConverseFaults.Text(document, "name", path + ".document");
            CheckBytes(document, path + ".document");
        }

        if (block.Member("reasoningContent", "reasoningText") is { } thought
            && !ThoughtSignature.IsOf(thought.Text("signature"), thought.Text("text") ?? ""))
        {
            throw ConverseFaults.Invalid(
                $"The model returned the following errors: {path}: Invalid `signature` in `thinking` block");
        }
    }

    private static void CheckUse(JsonElement use, string path)
    {
        ConverseFaults.OnlyKnown(use, _use, path);
        ConverseFaults.Text(use, "toolUseId", path);
        ConverseFaults.Text(use, "name", path);
        if (use.Member("input") is not { ValueKind: JsonValueKind.Object })
        {
            throw ConverseFaults.Invalid(
                $"The format of the value at {path}.input is invalid. Provide a json object for the field and try"
                + " again.");
        }
    }

    private static void CheckResult(JsonElement result, string path)
    {
        ConverseFaults.OnlyKnown(result, _result, path);
        ConverseFaults.Text(result, "toolUseId", path);
        if (result.Member("status") is not null && result.Text("status") is not ("success" or "error"))
            throw ConverseFaults.Invalid($"Value at '{path}.status' must be one of [success, error]");
        foreach (var content in result.Items("content"))
        {
            if (content.Member("json") is { ValueKind: not JsonValueKind.Object })
                throw ConverseFaults.Invalid($"The format of the value at {path}.content.0.json is invalid.");
        }
    }

    private static void CheckImage(JsonElement image, string path)
    {
        ConverseFaults.OnlyKnown(image, _image, path);
        if (!_formats.Contains(image.Text("format")))
            throw ConverseFaults.Invalid($"Value at '{path}.format' must be one of [png, jpeg, gif, webp]");
        CheckBytes(image, path);
    }

    private static void CheckBytes(JsonElement holder, string path)
    {
        var source = holder.Member("source");
        var bytes = source?.Text("bytes");
        if (source?.Member("s3Location") is not null || source?.Text("text") is not null)
            return;
        if (bytes is null || !Convert.TryFromBase64String(bytes, new byte[bytes.Length], out _))
            throw ConverseFaults.Invalid($"The format of the value at {path}.source.bytes is invalid.");
    }
}
