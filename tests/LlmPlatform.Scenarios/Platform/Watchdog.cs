using System.Diagnostics;
using System.Globalization;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>
/// A process beside the test that outlives it by a moment: should the test be killed, it ends what the test had
/// started and
/// removes its directory.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private const string Script =
        """
        tail --pid="$1" -f /dev/null
        while read -r pid; do kill -9 "$pid"; done <"$2/pids"
        rm -rf "$2"
        """;

    private readonly string _pids;
    private readonly Process _process;

    public Watchdog(string directory)
    {
        _pids = Path.Combine(directory, "pids");
        File.WriteAllText(_pids, "");
        var parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(
            new ProcessStartInfo("setsid", ["sh", "-c", Script, "watchdog", parent, directory]))!;
    }

    /// <summary>Which processes run now.</summary>
    public void Watch(IEnumerable<int> pids) =>
        File.WriteAllLines(_pids, pids.Select(pid => pid.ToString(CultureInfo.InvariantCulture)));

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
