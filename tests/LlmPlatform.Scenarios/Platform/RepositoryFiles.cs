using System.Globalization;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>Where things are in the clone that this test was built from.</summary>
public static class RepositoryFiles
{
    private static readonly DirectoryInfo _output = new(AppContext.BaseDirectory);

    public static string Root { get; } = FindRoot();

    /// <summary>The executable of a host, of the same build configuration as this test.</summary>
    public static string HostOf(string service)
    {
        var name = string.Create(
            CultureInfo.InvariantCulture, $"LlmPlatform.{char.ToUpperInvariant(service[0])}{service[1..]}.Host");
        var path = Path.Combine(Root, "artifacts", "bin", name, _output.Name, name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not built: build the solution first (scripts/build.sh all).");
    }

    private static string FindRoot()
    {
        for (var folder = _output; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LlmPlatform.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"{_output.FullName} is not inside the repository.");
    }
}
