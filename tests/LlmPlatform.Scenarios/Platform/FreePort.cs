using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>Ports for processes that must keep theirs over a restart.</summary>
internal static class FreePort
{
    // Below the range that outgoing connections take theirs from: one of those must not sit on the port between a
    // kill and the restart.
    private const int First = 18000;
    private const int Last = 31000;

    // What scripts/processes.sh has chosen and may not have bound yet, and what was chosen here for it not to take.
    private const string Claims = "/tmp/llm-platform-ports";

    private static readonly ConcurrentDictionary<int, bool> _chosen = new();

    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            var claim = Path.Combine(Claims, port.ToString(CultureInfo.InvariantCulture));
            if (Directory.Exists(claim) || !_chosen.TryAdd(port, true))
                continue;
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                if (Directory.Exists(Claims))
                    Directory.CreateDirectory(claim);
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one, then.
            }
        }
    }
}
