using System.Net;
using System.Net.Sockets;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>Ports for processes that must keep theirs over a restart.</summary>
internal static class FreePort
{
    // Below the range that outgoing connections take theirs from: one of those must not sit on the port between a
    // kill and
    // the restart.
    private const int First = 18000;
    private const int Last = 31000;

    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one, then.
            }
        }
    }
}
