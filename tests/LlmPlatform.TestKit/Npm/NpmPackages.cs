using System.Collections.Concurrent;
using System.Diagnostics;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.TestKit.Npm;

/// <summary>Packages of npm and the scripts that use them, in a folder outside the sources.</summary>
public static class NpmPackages
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> _folders = new();

    /// <summary>The folder, installed now where no earlier run did.</summary>
    /// <param name="source">A folder of the repository with <c>package.json</c> and scripts.</param>
    /// <param name="name">Of the folder under <c>artifacts</c>; test.sh installs into the same.</param>
    public static Task<string> FolderAsync(string source, string name) =>
        _folders.GetOrAdd(name, _ => new(() => PrepareAsync(source, name))).Value;

    private static async Task<string> PrepareAsync(string source, string name)
    {
        source = ServersScript.RepositoryFile(source);
        var folder = ServersScript.RepositoryFile(Path.Combine("artifacts", name));
        Directory.CreateDirectory(folder);

        // Another run of the tests may be installing into the same folder, or have a script of it open.
        await using var turn = await TakeTurnAsync(Path.Combine(folder, "lock"));
        foreach (var file in Directory.EnumerateFiles(source))
        {
            var text = await File.ReadAllTextAsync(file);
            if (!await HasAsync(Path.Combine(folder, Path.GetFileName(file)), text))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        var wanted = await File.ReadAllTextAsync(Path.Combine(source, "package.json"));
        var marker = Path.Combine(folder, "installed.json");
        if (!await HasAsync(marker, wanted))
        {
            await InstallAsync(folder);
            await File.WriteAllTextAsync(marker, wanted);
        }

        return folder;
    }

    private static async Task<bool> HasAsync(string path, string text) =>
        File.Exists(path) && await File.ReadAllTextAsync(path) == text;

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
                await Task.Delay(TimeSpan.FromMilliseconds(200));
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
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm install in {folder} failed:\n{await output}{await errors}");
    }
}
