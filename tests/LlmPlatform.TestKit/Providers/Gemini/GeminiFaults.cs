using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>What Gemini says of a request that it does not accept.</summary>
internal static class GeminiFaults
{
    public static ProviderRefusal Invalid(string message) => new(400, message);

    public static ProviderRefusal AtField(string path, string reason) =>
        Invalid($"* GenerateContentRequest.{path}: {reason}\n");

    public static void OnlyKnown(JsonElement element, IReadOnlySet<string> known, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Invalid($"Invalid value at '{path}' (type.googleapis.com/google.ai): an object is expected");
        if (element.Stranger(known) is { } stranger)
        {
            var place = path.Length == 0 ? "" : $" at '{path}'";
            throw Invalid(
                $"Invalid JSON payload received. Unknown name \"{stranger}\"{place}: Cannot find field.");
        }
    }

    public static void Range(JsonElement holder, string path, string name, decimal least, decimal most)
    {
        if (holder.Member(name) is not { } value)
            return;
        if (value.ValueKind != JsonValueKind.Number)
            throw Invalid($"Invalid value at '{path}.{name}' (TYPE_FLOAT), {value.GetRawText()}");
        if (holder.Number(name) is not { } number || number < least || number > most)
            throw AtField($"{path}.{name}", $"{name} must be in the range [{least}, {most}].");
    }
}
