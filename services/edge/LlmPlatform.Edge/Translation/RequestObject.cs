using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>
/// A JSON object of a caller's request and where it stands, so that what is wrong in it can be named. Its values live
/// in the caller's body. A member that is null is as good as absent.
/// </summary>
internal readonly struct RequestObject
{
    private readonly JsonElement _value;

    private RequestObject(JsonElement value, string path)
    {
        _value = value;
        Path = path;
    }

    /// <summary>Where it stands, for example <c>messages[2].content[0]</c>; empty for the body itself.</summary>
    public string Path { get; }

    /// <summary>The object itself.</summary>
    public JsonElement Value => _value;

    /// <summary>Reads a body.</summary>
    /// <param name="body">Stays as it is as long as anything read from it is used.</param>
    /// <exception cref="TranslationException">It is no JSON object.</exception>
    public static RequestObject Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            // Not disposed of: what was read from it is used until the call ends, and it holds memory of its own only.
            var document = JsonDocument.Parse(body);
            if (!JsonCharacters.AreWhole(body.Span))
            {
                throw new TranslationException(
                    "The body must be UTF-8, without half of a surrogate pair (\\ud800 to \\udfff) alone.");
            }

            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new RequestObject(document.RootElement, "")
                : throw new TranslationException("The body must be a JSON object.");
        }
        catch (JsonException)
        {
            throw new TranslationException("The body is not valid JSON.");
        }
    }

    /// <summary>True when the member is there.</summary>
    public bool Has(string name) => Member(name) is not null;

    /// <summary>The path of a member.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>A member of any type; null when it is absent.</summary>
    public JsonElement? Member(string name) =>
        _value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>A text; null when it is absent.</summary>
    public string? Text(string name) => Member(name) is { } member ? TextOf(member, PathOf(name)) : null;

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string name) => Text(name) ?? throw Missing(name);

    /// <summary>True or false; null when it is absent.</summary>
    public bool? Flag(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Fault(name, "must be true or false"),
    };

    /// <summary>A whole number; null when it is absent.</summary>
    public long? Whole(string name, long min, long max) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number
            when number.TryGetInt64(out var value) && value >= min && value <= max => value,
        _ => throw Fault(name, $"must be a whole number from {min} to {max}"),
    };

    /// <summary>A number; null when it is absent.</summary>
    public decimal? Number(string name, decimal min, decimal max) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number
            when number.TryGetDecimal(out var value) && value >= min && value <= max => value,
        _ => throw Fault(name, $"must be a number from {min} to {max}"),
    };

    /// <summary>An object; null when it is absent.</summary>
    public RequestObject? Object(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new RequestObject(value, PathOf(name)),
        _ => throw Fault(name, "must be an object"),
    };

    /// <summary>An object that must be there.</summary>
    public RequestObject RequiredObject(string name) => Object(name) ?? throw Missing(name);

    /// <summary>An array of objects; empty when it is absent.</summary>
    public IReadOnlyList<RequestObject> Objects(string name)
    {
        if (Member(name) is not { } array)
        {
            return [];
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw Fault(name, "must be an array");
        }

        var objects = new RequestObject[array.GetArrayLength()];
        var path = PathOf(name);
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            var itemPath = $"{path}[{index}]";
            objects[index++] = item.ValueKind == JsonValueKind.Object
                ? new RequestObject(item, itemPath)
                : throw new TranslationException($"'{itemPath}' must be an object.", itemPath);
        }

        return objects;
    }

    /// <summary>A text, or an array of texts; empty when it is absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Member(name) is not { } member)
        {
            return [];
        }

        if (member.ValueKind == JsonValueKind.String)
        {
            return [TextOf(member, PathOf(name))];
        }

        if (member.ValueKind != JsonValueKind.Array)
        {
            throw Fault(name, "must be a text or an array of texts");
        }

        var path = PathOf(name);
        return [.. member.EnumerateArray().Select((item, index) => TextOf(item, $"{path}[{index}]"))];
    }

    /// <summary>What to throw when a member is not what it must be.</summary>
    /// <param name="name">The member.</param>
    /// <param name="problem">Goes on after its name, for example <c>must be an object</c>.</param>
    public TranslationException Fault(string name, string problem)
    {
        var path = PathOf(name);
        return new TranslationException($"'{path}' {problem}.", path);
    }

    /// <summary>What to throw when a member must be there and is not.</summary>
    public TranslationException Missing(string name) => Fault(name, "is missing");

    private static string TextOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new TranslationException($"'{path}' must be a text.", path);
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or no UTF-8.
            throw new TranslationException($"'{path}' is not valid Unicode.", path);
        }
    }
}
