using System.Diagnostics;
using LlmPlatform.Scenarios.Platform;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The folder where the official JavaScript SDK is installed, outside the sources.</summary>
internal static class NpmPackages
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    /// <summary>That of <c>LLM_PLATFORM_SDK</c> (test.sh installs it), else one installed now.</summary>
    public static async Task<string> FolderAsync()
    {
        if (Environment.GetEnvironmentVariable("LLM_PLATFORM_SDK") is { Length: > 0 } given)
            return given;
        var folder = Path.Combine(RepositoryFiles.Root, "artifacts", "sdk");
        Directory.CreateDirectory(folder);

        // Another run of the tests may be installing into the same folder.
        await using var turn = await TakeTurnAsync(Path.Combine(folder, "lock"));
        var source = Path.Combine(RepositoryFiles.Root, "tests", "LlmPlatform.Scenarios", "sdk");
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        var wanted = await File.ReadAllTextAsync(Path.Combine(source, "package.json"));
        var marker = Path.Combine(folder, "installed.json");
        if (!File.Exists(marker) || await File.ReadAllTextAsync(marker) != wanted)
        {
            await InstallAsync(folder);
            await File.WriteAllTextAsync(marker, wanted);
        }

        return folder;
    }

    private static async Task<FileStream> TakeTurnAsync(string path)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < _deadline)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task InstallAsync(string folder)
    {
        var start = new ProcessStartInfo(
            "npm", ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var npm = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(_deadline);
        var output = npm.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = npm.StandardError.ReadToEndAsync(deadline.Token);
        await npm.WaitForExitAsync(deadline.Token);
        Assert.True(npm.ExitCode == 0, $"npm install failed:\n{await output}{await errors}");
    }
}
