using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>Names that must be declared elsewhere in the file.</summary>
internal static class References
{
    /// <summary>Reports a name that is not declared. An empty one is already known to be missing.</summary>
    /// <param name="reading">The file.</param>
    /// <param name="path">Where the name is used.</param>
    /// <param name="kind">What it names, such as "provider".</param>
    /// <param name="name">The name.</param>
    /// <param name="declared">The names there are.</param>
    public static void Check(
        FileReading reading, string path, string kind, string name, IReadOnlyCollection<string> declared)
    {
        if (name.Length > 0 && !declared.Contains(name))
            reading.Fault(
                path, $"{kind} {reading.Quote(path, name)} is not declared; {Suggestion.For(name, declared)}");
    }

    /// <summary>Whether a text is <c>provider:model</c> or <c>provider/model</c> of a declared provider.</summary>
    public static bool IsProviderModel(string text, PlatformConfiguration configuration)
    {
        var end = text.IndexOfAny([':', '/']);
        return end > 0 && end < text.Length - 1
            && configuration.Providers.Any(provider => provider.Name == text[..end]);
    }
}
