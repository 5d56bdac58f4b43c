using System.Diagnostics;
using System.Globalization;

namespace LlmPlatform.TestKit.Servers;

/// <summary>
/// Runs <c>scripts/servers.sh</c>, the one place that knows how a real server is started and stopped.
/// </summary>
internal static class ServersScript
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(4);

    public static string NewDirectory() => Directory.CreateTempSubdirectory("llm-platform-").FullName;

    /// <summary>
    /// Starts servers that stop when this process is gone. With <paramref name="ownOnly"/> those named in the
    /// environment do not count: a test that kills one wants its own. Not <paramref name="durable"/> is faster, but a
    /// kill loses data.
    /// </summary>
    public static Task StartAsync(string directory, IEnumerable<RealServer> servers, bool ownOnly, bool durable)
    {
        var parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return RunAsync(
            ["start", directory, .. servers.Select(ServerAddresses.NameOf), "--parent", parent], ownOnly, durable);
    }

    public static async Task RunAsync(IReadOnlyList<string> arguments, bool ownOnly = true, bool durable = false)
    {
        var start = new ProcessStartInfo(RepositoryFile("scripts/servers.sh"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SERVERS_EPHEMERAL"] = durable ? "0" : "1";
        if (ownOnly)
        {
            foreach (var server in Enum.GetValues<RealServer>())
                start.Environment.Remove(ServerAddresses.VariableOf(server));
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(_deadline);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException(
                    $"servers.sh {string.Join(' ', arguments)} failed:\n{await output}{await errors}");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"servers.sh {string.Join(' ', arguments)} took over {_deadline}.");
        }
    }

    /// <summary>A file of the repository this test was built from.</summary>
    public static string RepositoryFile(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LlmPlatform.sln")))
                return Path.Combine(folder.FullName, relativePath);
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
    }
}
