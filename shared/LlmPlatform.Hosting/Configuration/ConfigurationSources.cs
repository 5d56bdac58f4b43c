namespace LlmPlatform.Hosting.Configuration;

/// <summary>The files a configuration was read from, whether they could be read or not.</summary>
/// <param name="Paths">The main file first.</param>
/// <param name="Fingerprint">Names what they held.</param>
internal sealed record ConfigurationSources(IReadOnlyList<string> Paths, string Fingerprint);
