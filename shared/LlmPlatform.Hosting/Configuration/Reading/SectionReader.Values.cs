using System.Globalization;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>The kinds of value a key may have.</summary>
internal sealed partial class SectionReader
{
    private const int MaxNameLength = 128;

    /// <summary>A text that must be there; empty when it is not.</summary>
    public string Text(string key)
    {
        var text = OptionalText(key);
        if (text is null)
            Require(key);
        return text ?? string.Empty;
    }

    public string? OptionalText(string key)
    {
        var scalar = Scalar(key);
        if (scalar is null || !string.IsNullOrWhiteSpace(scalar.Value))
            return scalar?.Value;
        Fault(key, "is empty; give a value or remove the key.");
        return null;
    }

    /// <summary>
    /// A name that must be there; empty when it is not. Names appear in addresses and scopes, so few signs are allowed.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="signs">The signs allowed beside letters, digits, dot, dash and underscore.</param>
    public string Name(string key, string signs = "")
    {
        var name = OptionalName(key, signs);
        if (name is null)
            Require(key);
        return name ?? string.Empty;
    }

    public string? OptionalName(string key, string signs = "")
    {
        var scalar = Scalar(key);
        if (scalar is null)
            return null;

        var name = scalar.Value;
        var allowed = $".-_{signs}";
        var isWellFormed = name.Length is > 0 and <= MaxNameLength && char.IsLetterOrDigit(name[0])
            && name.All(letter => char.IsLetterOrDigit(letter) || allowed.Contains(letter));
        if (isWellFormed)
            return name;
        var signsShown = string.Join(' ', allowed.ToCharArray());
        Fault(key, $"{scalar.Shown} is no name; use 1 to {MaxNameLength} letters, digits and {signsShown}.");
        return null;
    }

    /// <summary>A secret; faults never quote it, wherever it came from.</summary>
    public Secret? OptionalSecret(string key) => OptionalText(key) is { } text ? new Secret(text) : null;

    public Secret Secret(string key) => new(Text(key));

    public int Integer(string key, int fallback, int min, int max) => OptionalInteger(key, min, max) ?? fallback;

    public int? OptionalInteger(string key, int min, int max) => (int?)OptionalLong(key, min, max);

    public long? OptionalLong(string key, long min, long max)
    {
        var scalar = Scalar(key);
        if (scalar is null)
            return null;
        if (!long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return Refuse<long>(key, $"{scalar.Shown} is no whole number; write digits only.");
        return number >= min && number <= max ? number : Refuse<long>(key, OutOfRange(scalar, $"{min}", $"{max}"));
    }

    /// <summary>An amount or a share. <paramref name="decimals"/> bounds what is written behind the point.</summary>
    public decimal? OptionalDecimal(string key, decimal min, decimal max, int decimals) =>
        Scalar(key) is { } scalar ? ReadDecimal(scalar, min, max, decimals) : null;

    public IReadOnlyList<decimal> Decimals(string key, decimal min, decimal max, int decimals) =>
        [.. Texts(key).Select(scalar => ReadDecimal(scalar, min, max, decimals)).OfType<decimal>()];

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan min, TimeSpan max) =>
        OptionalDuration(key, min, max) ?? fallback;

    public TimeSpan? OptionalDuration(string key, TimeSpan min, TimeSpan max)
    {
        var scalar = Scalar(key);
        if (scalar is null)
            return null;
        if (!DurationText.TryParse(scalar.Value, out var length))
        {
            const string Advice = "write a number with its unit, such as 500ms, 60s, 1h or 30d.";
            return Refuse<TimeSpan>(key, $"{scalar.Shown} is no length of time; {Advice}");
        }

        return length >= min && length <= max
            ? length
            : Refuse<TimeSpan>(key, OutOfRange(scalar, DurationText.Format(min), DurationText.Format(max)));
    }

    public bool Flag(string key, bool fallback) => OptionalFlag(key) ?? fallback;

    public bool? OptionalFlag(string key) => Scalar(key) switch
    {
        null => null,
        { Value: "true" } => true,
        { Value: "false" } => false,
        var scalar => Refuse<bool>(key, $"{scalar.Shown} is neither true nor false."),
    };

    public T Choice<T>(string key, T fallback)
        where T : struct, Enum => OptionalChoice<T>(key) ?? fallback;

    public T? OptionalChoice<T>(string key)
        where T : struct, Enum => Scalar(key) is { } scalar ? ReadChoice<T>(scalar) : null;

    public T RequiredChoice<T>(string key)
        where T : struct, Enum
    {
        var choice = OptionalChoice<T>(key);
        if (choice is null)
            Require(key);
        return choice ?? default;
    }

    public IReadOnlyList<T> Choices<T>(string key)
        where T : struct, Enum => [.. Texts(key).Select(ReadChoice<T>).OfType<T>().Distinct()];

    public IReadOnlyList<string> TextList(string key)
    {
        var texts = Texts(key);
        foreach (var empty in texts.Where(text => string.IsNullOrWhiteSpace(text.Value)))
            _reading.Fault(empty.Path, "is empty; give a value or remove the item.");
        return [.. texts.Select(text => text.Value)];
    }

    /// <summary>
    /// Name patterns; null when the key is absent. An empty list is refused: whether it means all or none is a guess.
    /// </summary>
    public GlobList? Globs(string key)
    {
        if (!Has(key))
            return null;
        var patterns = TextList(key);
        if (patterns.Count == 0)
            Fault(key, "names nothing; write [\"*\"] for everything, or remove the key.");
        return new GlobList(patterns);
    }

    /// <summary>An absolute http or https address without its closing slash.</summary>
    public Uri? Url(string key) => Scalar(key) is { } scalar ? ReadUrl(scalar, scalar.Value) : null;

    public Uri? ReadUrl(ScalarText scalar, string text)
    {
        if (!Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            _reading.Fault(
                scalar.Path, $"{scalar.Shown} is no address; write it whole, such as https://example.com/v1.");
        else if (url.UserInfo.Length > 0)
            _reading.Fault(scalar.Path, "holds a user name or password; give credentials under a key of their own.");
        else
            return url;
        return null;
    }

    /// <summary>The raw value of a key, for a section that reads it in a way of its own.</summary>
    public ScalarText? Value(string key) => Scalar(key);

    /// <summary>Whether the key holds keys of its own rather than a single value.</summary>
    public bool HoldsSection(string key) => _entries.GetValueOrDefault(key)?.Value is YamlMapping;

    /// <summary>Reports that a key is missing, unless it is there and has been found at fault already.</summary>
    public void Require(string key)
    {
        _asked.Add(key);
        if (!_isBroken && !Has(key))
            _reading.Fault(PathOf(key), Line, $"is missing; add \"{key}:\".");
    }

    private decimal? ReadDecimal(ScalarText scalar, decimal min, decimal max, int decimals)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        string message;
        if (!decimal.TryParse(scalar.Value, Style, CultureInfo.InvariantCulture, out var number))
            message = $"{scalar.Shown} is no number; write it like 2.50.";
        else if (number < min || number > max)
            message = OutOfRange(scalar, Plain(min), Plain(max));
        else if (decimal.Round(number, decimals) != number)
            message = $"{scalar.Shown} has more than {decimals} decimals, which cannot be counted exactly; round it.";
        else
            return number;
        _reading.Fault(scalar.Path, message);
        return null;
    }

    private T? ReadChoice<T>(ScalarText scalar)
        where T : struct, Enum
    {
        if (EnumText.TryParse<T>(scalar.Value, out var choice))
            return choice;
        var spellings = EnumText.All<T>();
        _reading.Fault(scalar.Path, scalar.MayBeShown
            ? $"{scalar.Shown} is not known here; {Suggestion.For(scalar.Value, spellings)}"
            : $"{scalar.Shown} is not known here; known here: {string.Join(", ", spellings)}.");
        return null;
    }

    private T? Refuse<T>(string key, string message)
        where T : struct
    {
        Fault(key, message);
        return null;
    }

    private static string OutOfRange(ScalarText scalar, string min, string max) =>
        $"{scalar.Shown} is out of range; it must lie between {min} and {max}.";

    private static string Plain(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);
}
