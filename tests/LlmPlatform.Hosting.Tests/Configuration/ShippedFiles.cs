namespace LlmPlatform.Hosting.Tests.Configuration;

/// <summary>Where the configuration that ships lies in the source tree.</summary>
internal static class ShippedFiles
{
    public static string Sample { get; } = Path.Combine(Root(), "config", "platform.yaml");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LlmPlatform.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the source tree.");
    }
}
