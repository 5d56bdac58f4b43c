using System.Text.Json;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>What Anthropic says of a request that it does not accept.</summary>
internal static class MessageFaults
{
    public static ProviderRefusal Invalid(string message) => new(400, message);

    public static ProviderRefusal Required(string path) => Invalid($"{path}: Field required");

    public static string Text(JsonElement holder, string name, string path)
    {
        var value = holder.Member(name) ?? throw Required(Join(path, name));
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Invalid($"{Join(path, name)}: Input should be a valid string");
    }

    public static JsonElement Object(JsonElement holder, string name, string path)
    {
        var value = holder.Member(name) ?? throw Required(Join(path, name));
        return value.ValueKind == JsonValueKind.Object
            ? value
            : throw Invalid($"{Join(path, name)}: Input should be a valid dictionary");
    }

    public static void OnlyKnown(JsonElement element, IReadOnlySet<string> known, string path)
    {
        if (element.Stranger(known) is { } stranger)
            throw Invalid($"{Join(path, stranger)}: Extra inputs are not permitted");
    }

    public static void Range(JsonElement body, string name, decimal least, decimal most)
    {
        if (body.Member(name) is not { } value)
            return;
        if (value.ValueKind != JsonValueKind.Number)
            throw Invalid($"{name}: Input should be a valid number");
        var number = body.Number(name);
        if (number is null || number < least)
            throw Invalid($"{name}: Input should be greater than or equal to {least}");
        if (number > most)
            throw Invalid($"{name}: Input should be less than or equal to {most}");
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
