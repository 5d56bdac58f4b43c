namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// One thing wrong with the configuration. Never holds a secret; a value that came from the environment is not quoted.
/// </summary>
/// <param name="File">The file as it was named, such as <c>config/platform.yaml</c>.</param>
/// <param name="Path">Where in it, such as <c>models[2].deployments[0].provider</c>; empty for the file as a
/// whole.</param>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
public sealed record ConfigurationFault(string File, string Path, int Line, string Message)
{
    /// <summary>The fault on one line, file and line first, so that editors can jump to it.</summary>
    /// <returns>Text such as <c>platform.yaml:12: models[0].strategy: …</c>.</returns>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}" : File;
        return Path.Length > 0 ? $"{place}: {Path}: {Message}" : $"{place}: {Message}";
    }
}
