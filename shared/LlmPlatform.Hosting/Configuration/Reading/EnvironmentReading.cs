namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// The environment as the configuration sees it: an empty variable counts as unset, and what is asked for is kept for
/// the hash.
/// </summary>
internal sealed class EnvironmentReading(Func<string, string?> lookup)
{
    private readonly SortedDictionary<string, string> _asked = new(StringComparer.Ordinal);

    /// <summary>Every variable that was asked for, by name, with an empty text for those unset.</summary>
    public IReadOnlyDictionary<string, string> Asked => _asked;

    public string? Find(string name)
    {
        if (!_asked.TryGetValue(name, out var value))
            _asked[name] = value = lookup(name) ?? string.Empty;
        return value.Length > 0 ? value : null;
    }
}
