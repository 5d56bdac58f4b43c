namespace LlmPlatform.Hosting.Configuration;

/// <summary>Something an operator should know that does not stop the start, such as a provider that is off.</summary>
/// <param name="Path">Where in the file, such as <c>providers[1]</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What is so, and why.</param>
public sealed record ConfigurationNotice(string Path, int Line, string Message)
{
    /// <summary>The notice on one line.</summary>
    /// <returns>Text such as <c>providers[1] (line 14): …</c>.</returns>
    public override string ToString() => $"{Path} (line {Line}): {Message}";
}
