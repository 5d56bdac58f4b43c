using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Bedrock;

/// <summary>What Bedrock says of a request that it does not accept.</summary>
internal static class ConverseFaults
{
    public static ProviderRefusal Invalid(string message) => new(400, message);

    /// <summary>Stricter than the vendor, which passes over most of what it does not know.</summary>
    public static void OnlyKnown(JsonElement element, IReadOnlySet<string> known, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Invalid($"The format of the value at {path} is invalid. Provide a json object for the field.");
        if (element.Stranger(known) is { } stranger)
            throw Invalid($"Malformed input request: #/{path}: extraneous key [{stranger}] is not permitted");
    }

    public static string Text(JsonElement holder, string name, string path) => holder.Text(name) is { Length: > 0 } text
        ? text
        : throw Invalid($"The {name} field in the object at {path} is blank. Add text to the field, and try again.");
}
